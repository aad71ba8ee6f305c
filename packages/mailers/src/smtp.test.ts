import { describe, expect, vi } from 'vitest'
import { failureOf, smtpTest as test } from '../../../tests/support/smtp-test.ts'
import { smtpMailer } from './smtp.ts'

const ANNA = 'anna@example.com'
const MAIL = { to: ANNA, subject: 'Hello', text: 'Code 123456', html: '<p>Code 123456</p>' }

describe.concurrent('smtpMailer: delivery', () => {
  test('a mail arrives over STARTTLS, logged in, with text and HTML and marked as automatic', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    const content = { subject: 'Grüße', text: 'Zoë 🙂\n.\nend', html: '<b>Zoë</b>' }
    await mailerFor().send({ to: ANNA, ...content })
    const [mail] = server.received
    expect(mail).toMatchObject({
      sender: 'security@mindmesh.example',
      recipients: [ANNA],
      isEncrypted: true,
      user: 'mindmesh',
      subject: content.subject,
      html: content.html,
      from: { value: [{ name: 'Mindmesh', address: 'security@mindmesh.example' }] },
      to: { value: [{ name: '', address: ANNA }] },
    })
    expect(mail?.text?.trim()).toBe(content.text)
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.headers.has('x-mailer')).toBe(false)
  })

  test('nothing connects before the first mail, and two mails share a connection', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor({ maxConnections: 1 })
    await new Promise((resolve) => setImmediate(resolve))
    expect(server.connections()).toBe(0)
    await mailer.send(MAIL)
    await mailer.send(MAIL)
    expect(server.received).toHaveLength(2)
    expect(server.connections()).toBe(1)
  })

  test('no more connections are open than allowed, and every mail of a burst arrives', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor({ maxConnections: 2 })
    await Promise.all(Array.from({ length: 10 }, async () => mailer.send(MAIL)))
    expect(server.received).toHaveLength(10)
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  test('a connection that the server closed between two mails is replaced', async ({ start }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor()
    await mailer.send(MAIL)
    server.dropConnections()
    await mailer.send(MAIL)
    expect(server.received).toHaveLength(2)
  })

  test('settings come from the environment, and an option wins over it', async ({
    start,
    atEnd,
  }) => {
    const { server } = await start()
    const { host, port, user, pass, from, tls } = server.options
    const env = {
      SMTP_HOST: host,
      SMTP_PORT: String(port),
      SMTP_USER: user,
      SMTP_PASS: pass,
      SMTP_FROM: from,
    }
    const mailer = smtpMailer({ env, tls, from: 'Other <other@mindmesh.example>' })
    atEnd(async () => mailer.close())
    await mailer.send(MAIL)
    expect(server.received[0]).toMatchObject({ sender: 'other@mindmesh.example', user })
  })

  test('an international domain is sent in its ASCII form', async ({ start }) => {
    const { server, mailerFor } = await start()
    await mailerFor().send({ ...MAIL, to: 'anna@bücher.example' })
    expect(server.commands).toContain('RCPT TO:<anna@xn--bcher-kva.example>')
    expect(server.received[0]?.raw).toContain('\r\nTo: anna@xn--bcher-kva.example\r\n')
  })
})

describe.concurrent('smtpMailer: injection', () => {
  test.for([
    'anna@example.com\r\nBcc: thief@example.com',
    'anna@example.com, thief@example.com',
    'anna@example.com> NOTIFY=NEVER <thief@example.com',
    'Anna <anna@example.com>',
    '',
  ])('the recipient %j is refused before the server hears of it', async (to, { start }) => {
    const { server, mailerFor } = await start()
    const work = mailerFor().send({ ...MAIL, to })
    expect(await failureOf(work)).toEqual({ reason: 'refused_recipient', permanent: true })
    expect(server.connections()).toBe(0)
  })

  test('line breaks in a subject become spaces', async ({ start }) => {
    const { server, mailerFor } = await start()
    const subject = 'Hi\r\nBcc: thief@example.com\r\n\r\n<p>body</p>\u2028x\u0000y'
    await mailerFor().send({ ...MAIL, subject })
    const [mail] = server.received
    expect(mail?.recipients).toEqual([ANNA])
    expect(mail?.bcc).toBeUndefined()
    expect(mail?.subject).toBe('Hi Bcc: thief@example.com <p>body</p> x y')
    expect(mail?.text?.trim()).toBe(MAIL.text)
  })

  test.for(['\r\n.\r\n', '\n.\n', '\r\n.\n', '\n.\r\n', '\r.\r', '\r\n.\r', '\r.\r\n'])(
    'a text that looks like the end of a mail, %j, stays text',
    async (end, { start }) => {
      const { server, mailerFor } = await start()
      const text = `one${end}MAIL FROM:<thief@example.com>\r\n..\r\ntwo`
      await mailerFor().send({ ...MAIL, text, html: text })
      const [mail] = server.received
      expect(server.received).toHaveLength(1)
      const lines = mail?.text?.trim().split(/\r\n|\r|\n/)
      expect(lines).toEqual(['one', '.', 'MAIL FROM:<thief@example.com>', '..', 'two'])
      // No bare CR or LF, which some servers take for the end of a line (SMTP smuggling).
      expect(mail?.raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    },
  )
})

describe.concurrent('smtpMailer: content', () => {
  test('a template that names a file or a page in place of a text sends neither', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    const other = await start()
    const page = `http://127.0.0.1:${other.server.options.port}/`
    for (const content of [{ path: import.meta.filename }, { href: page }]) {
      const work = mailerFor().send({ ...MAIL, text: content as never })
      expect(await failureOf(work)).toEqual({ reason: 'unknown', permanent: false })
    }
    expect(server.received).toEqual([])
    expect(other.server.connections()).toBe(0)
  })
})

describe.concurrent('smtpMailer: verify and close', () => {
  test('verify logs in without sending, and tells what is wrong', async ({ start }) => {
    const { server, mailerFor } = await start()
    await mailerFor().verify()
    await vi.waitFor(() => expect(server.openConnections()).toBe(0))
    expect(server.commands.map((command) => command.split(' ')[0])).toEqual([
      'EHLO',
      'STARTTLS',
      'EHLO',
      'AUTH',
      'QUIT',
    ])
    const wrong = { reason: 'authentication', permanent: false }
    expect(await failureOf(mailerFor({ pass: 'wrong' }).verify())).toEqual(wrong)
  })

  test('verify needs no login where none is set', async ({ start }) => {
    const { server, mailerFor } = await start({ auth: false })
    await mailerFor({ user: '', pass: '' }).verify()
    expect(server.commands).not.toContain('AUTH')
  })

  test('close ends every connection, and what is sent afterwards is refused', async ({ start }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor()
    await Promise.all([mailer.send(MAIL), mailer.send(MAIL)])
    expect(server.openConnections()).toBeGreaterThan(0)
    await mailer.close()
    await mailer.close()
    await vi.waitFor(() => expect(server.openConnections()).toBe(0))
    const closed = { reason: 'connection', permanent: false }
    expect(await failureOf(mailer.send(MAIL))).toEqual(closed)
    expect(await failureOf(mailer.verify())).toEqual(closed)
  })

  test('close waits for mail in flight', async ({ start }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor({ maxConnections: 1 })
    const works = [mailer.send(MAIL), mailer.send(MAIL)]
    await mailer.close()
    expect(server.received).toHaveLength(2)
    await Promise.all(works)
  })
})
