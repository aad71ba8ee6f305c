import { MailerError } from '@mindmesh/auth'
import { smtpMailer, type SmtpMailerOptions } from '@mindmesh/auth-mailers/smtp'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PASSWORD, testInstance, type TestInstance } from './support/instance.ts'
import { startSmtpServer, type SmtpTestServer } from './support/smtp-test-server.ts'

const ANNA = 'anna@example.com'
const MAIL = { to: ANNA, subject: 'Hello', text: 'Plain', html: '<p>Rich</p>' }

let server: SmtpTestServer
const told: string[] = []
beforeEach(async () => {
  server = await startSmtpServer()
})
afterEach(async () => {
  await server.close()
  expect(told.join()).not.toMatch(/example\.com|smtp-password/)
})

async function reasonOf(options: SmtpMailerOptions, to = ANNA): Promise<[string, boolean]> {
  const mailer = smtpMailer({ env: {}, ...options })
  try {
    await mailer.send({ ...MAIL, to })
  } catch (error) {
    if (!(error instanceof MailerError)) throw error
    told.push(error.message)
    return [error.reason, error.permanent]
  } finally {
    await mailer.close()
  }
  throw new Error('The mail was expected to fail.')
}

describe('smtpMailer', () => {
  test('delivers text and HTML over STARTTLS with AUTH, on one connection for two mails', async () => {
    const mailer = smtpMailer({ env: {}, ...server.options, maxConnections: 1 })
    await mailer.verify()
    const before = server.connections()
    await mailer.send(MAIL)
    await mailer.send({ ...MAIL, subject: 'Again\r\nBcc: thief@example.com' })
    await mailer.close()
    expect(server.connections() - before).toBe(1)
    const [first, second] = server.received
    expect(first).toMatchObject({ subject: 'Hello', text: 'Plain', html: '<p>Rich</p>' })
    expect(first?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(second?.bcc).toBeUndefined()
    expect(second?.subject).toBe('Again Bcc: thief@example.com')
  })

  test('refuses a server without TLS', async () => {
    const plain = await startSmtpServer({ tls: false })
    try {
      expect((await reasonOf(plain.options))[0]).toBe('tls')
      expect(plain.received).toEqual([])
    } finally {
      await plain.close()
    }
  })

  test('refuses a certificate that nobody vouches for', async () => {
    expect((await reasonOf({ ...server.options, tls: { servername: 'localhost' } }))[0]).toBe('tls')
  })

  test('names a wrong password, a closed port and a refused recipient', async () => {
    expect(await reasonOf({ ...server.options, pass: 'wrong' })).toEqual(['authentication', false])
    expect(await reasonOf({ ...server.options, port: 1 })).toEqual(['connection', false])
    server.trouble.refuseRecipient = 550
    expect(await reasonOf(server.options)).toEqual(['refused_recipient', true])
    server.trouble.refuseRecipient = 450
    expect(await reasonOf(server.options)).toEqual(['refused_recipient', false])
  })

  test('gives up on a server that hangs, before the greeting and after DATA', async () => {
    server.trouble.hangAfterData = true
    expect(await reasonOf({ ...server.options, timeoutSeconds: 0.3 })).toEqual(['timeout', false])
    server.trouble.hangOnConnect = true
    expect(await reasonOf({ ...server.options, timeoutSeconds: 0.3 })).toEqual(['timeout', false])
  })

  test('reports a connection that drops after DATA', async () => {
    server.trouble.dropAfterData = true
    expect((await reasonOf(server.options))[0]).toBe('connection')
  })

  test('names every setting that is missing or wrong at once', () => {
    const env = { SMTP_PORT: 'abc', SMTP_USER: 'me', SMTP_FROM: 'a@b.example\r\nBcc: x@y.example' }
    expect(() => smtpMailer({ env })).toThrow(/SMTP_HOST[^]*SMTP_PORT[^]*SMTP_PASS[^]*SMTP_FROM/)
  })

  test('reads its settings from the environment', async () => {
    const { host, port, user, pass, from, tls } = server.options
    const env = {
      SMTP_HOST: host,
      SMTP_PORT: String(port),
      SMTP_USER: user,
      SMTP_PASS: pass,
      SMTP_FROM: from,
    }
    const mailer = smtpMailer({ env, tls })
    await mailer.send(MAIL)
    await mailer.close()
    expect(server.received).toHaveLength(1)
  })
})

describe('mail trouble', () => {
  const start = (options: SmtpMailerOptions = server.options): TestInstance => {
    const t = testInstance(memoryStore(), { mailer: smtpMailer({ env: {}, ...options }) })
    return t
  }

  test('a refused recipient: the flow answers as normal, the mail is given up and an event says so', async () => {
    server.trouble.refuseRecipient = 550
    const t = start()
    const { id } = await t.register('anna')
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
    const counts = await t.mindmesh.mail.deliverDue()
    expect(counts).toEqual({ sent: 0, retried: 0, failed: 1, expired: 0 })
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items[0]).toMatchObject({
      userId: id,
      metadata: { template: 'login_code', reason: 'refused_recipient', attempts: 1 },
    })
    await t.mindmesh.close()
  })

  test('a wrong password: tried again with growing delays, given up after six, and an event says so', async () => {
    const t = start({ ...server.options, pass: 'wrong' })
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    for (const seconds of [5, 20, 80, 320, 1280]) {
      expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
      t.clock.advance({ seconds: seconds - 1 })
      expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 0, failed: 0 })
      t.clock.advance({ seconds: 1 })
    }
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ failed: 1 })
    t.clock.advance({ hours: 2 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ failed: 0, retried: 0 })
    expect((await t.eventTypes()).at(-1)).toBe('MAIL_FAILED')
    await t.mindmesh.close()
  })

  test('a server that drops after DATA: the mail goes when it is well again', async () => {
    server.trouble.dropAfterData = true
    const t = start()
    await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
    server.trouble.dropAfterData = false
    t.clock.advance({ seconds: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 1 })
    expect(server.received).toHaveLength(1)
    await t.mindmesh.close()
  })

  test('a mail whose code has expired is never sent', async () => {
    const t = start()
    await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ minutes: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({
      sent: 0,
      retried: 0,
      failed: 0,
      expired: 1,
    })
    expect(server.received).toEqual([])
    await t.mindmesh.close()
  })
})
