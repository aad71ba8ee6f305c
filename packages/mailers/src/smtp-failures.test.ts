import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, vi } from 'vitest'
import { failureOf, smtpTest as test } from '../../../tests/support/smtp-test.ts'
import { parseSmtpOptions, type SmtpMailerOptions } from './smtp-config.ts'
import { toMailerError } from './smtp-errors.ts'
import { smtpTransportOptions } from './smtp-transport.ts'
import { verifySmtp } from './smtp-verify.ts'

const MAIL = { to: 'anna@example.com', subject: 'Hello', text: '123456', html: '<p>123456</p>' }
const TLS = { reason: 'tls', permanent: false }
const TIMEOUT = { reason: 'timeout', permanent: false }
const CONNECTION = { reason: 'connection', permanent: false }
const AUTHENTICATION = { reason: 'authentication', permanent: false }
const REJECTED = { reason: 'rejected', permanent: false }

describe.concurrent('smtpMailer: TLS', () => {
  test('a server without STARTTLS is refused, and gets neither password nor mail', async ({
    start,
  }) => {
    const { server, mailerFor } = await start({ tls: false })
    const mailer = mailerFor()
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([TLS, TLS])
    expect(server.commands.join()).not.toMatch(/AUTH|MAIL/)
  })

  test('plaintext is spoken where it is allowed in so many words', async ({ start }) => {
    const { server, mailerFor } = await start({ tls: false })
    await mailerFor({ dangerouslyAllowPlaintext: true }).send(MAIL)
    expect(server.received[0]).toMatchObject({ isEncrypted: false, recipients: [MAIL.to] })
  })

  test('where plaintext is allowed, a server that offers TLS still has to prove who it is', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor({ dangerouslyAllowPlaintext: true, tls: {} })
    expect(await failureOf(mailer.send(MAIL))).toEqual(TLS)
    expect(server.commands.join()).not.toMatch(/AUTH|MAIL/)
  })

  test.for([
    { what: 'that nobody vouches for', change: { ca: undefined } },
    { what: 'of another name', change: { servername: 'mail.example.com' } },
    { what: 'not to be checked', change: { ca: undefined, rejectUnauthorized: false } },
    {
      what: 'of a name not to be checked',
      change: { servername: 'mail.example.com', checkServerIdentity: () => undefined },
    },
  ])('a certificate $what is refused', async ({ change }, { start }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor({ tls: { ...server.options.tls, ...change } })
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([TLS, TLS])
    expect(server.commands.join()).not.toMatch(/AUTH|MAIL/)
  })

  test('port 465 is TLS from the start, with a checked certificate', async ({ start }) => {
    const { server } = await start({ implicitTls: true })
    const { port, tls } = server.options
    const verify = async (options: SmtpMailerOptions): Promise<void> => {
      const config = parseSmtpOptions({ env: {}, ...server.options, port: 465, ...options })
      await verifySmtp({ ...smtpTransportOptions(config), port }, AbortSignal.timeout(5000))
    }
    await verify({ tls })
    expect(server.commands.join()).toMatch(/^EHLO[^,]*,AUTH PLAIN/)
    expect(await verify({ tls: {} }).catch(toMailerError)).toMatchObject(TLS)
  })
})

describe('smtpMailer: the environment', () => {
  test('NODE_TLS_REJECT_UNAUTHORIZED does not switch the check off', async ({ start }) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    try {
      const { mailerFor } = await start()
      expect(await failureOf(mailerFor({ tls: {} }).send(MAIL))).toEqual(TLS)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe.concurrent('smtpMailer: refusals', () => {
  test('a wrong password is told as such, and the mail may go later', async ({ start }) => {
    const { mailerFor } = await start()
    expect(await failureOf(mailerFor({ pass: 'wrong' }).send(MAIL))).toEqual(AUTHENTICATION)
  })

  test('a server that offers no login is refused where there is a user', async ({ start }) => {
    const { server, mailerFor } = await start({ auth: false })
    const mailer = mailerFor()
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([AUTHENTICATION, AUTHENTICATION])
    expect(server.received).toEqual([])
  })

  test('a server that wants a login is told as such where there is no user', async ({ start }) => {
    const { mailerFor } = await start()
    const mailer = mailerFor({ user: '', pass: '' })
    expect(await failureOf(mailer.send(MAIL))).toEqual(AUTHENTICATION)
  })

  test.for([true, false])(
    'a recipient is refused for good by 550 and for now by 450 (pipelining: %s)',
    async (pipelining, { start }) => {
      const { server, mailerFor } = await start({ pipelining })
      const mailer = mailerFor()
      const reason = 'refused_recipient'
      server.trouble.refuseRecipient = 550
      expect(await failureOf(mailer.send(MAIL))).toEqual({ reason, permanent: true })
      server.trouble.refuseRecipient = 450
      expect(await failureOf(mailer.send(MAIL))).toEqual({ reason, permanent: false })
      delete server.trouble.refuseRecipient
      await mailer.send(MAIL)
      expect(server.received).toHaveLength(1)
    },
  )

  test('a relay that does not serve us is not held against the recipient', async ({ start }) => {
    const { server, mailerFor } = await start()
    server.trouble.refuseRecipient = 554
    server.trouble.refusalText = `5.7.1 <${MAIL.to}>: Relay access denied`
    expect(await failureOf(mailerFor().send(MAIL))).toEqual(REJECTED)
  })

  test('a message is rejected for good by 554 and for now by 451', async ({ start }) => {
    const { server, mailerFor } = await start()
    const mailer = mailerFor()
    server.trouble.refuseMessage = 554
    expect(await failureOf(mailer.send(MAIL))).toEqual({ reason: 'rejected', permanent: true })
    server.trouble.refuseMessage = 451
    expect(await failureOf(mailer.send(MAIL))).toEqual(REJECTED)
  })

  test.for([true, false])(
    'a refused sender is not held against the mail (pipelining: %s)',
    async (pipelining, { start }) => {
      const { server, mailerFor } = await start({ pipelining })
      server.trouble.refuseSender = 550
      expect(await failureOf(mailerFor().send(MAIL))).toEqual(REJECTED)
    },
  )
})

describe.concurrent('smtpMailer: broken connections', () => {
  test('a closed port is told as such', async ({ start }) => {
    const { server, mailerFor } = await start()
    await server.close()
    const mailer = mailerFor()
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([CONNECTION, CONNECTION])
  })

  test('a server that hangs before its greeting costs one time-out', async ({ start }) => {
    const { server, mailerFor } = await start()
    server.trouble.hangOnConnect = true
    const mailer = mailerFor({ timeoutSeconds: 0.3 })
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([TIMEOUT, TIMEOUT])
  })

  test('a server that hangs after DATA costs one time-out', async ({ start }) => {
    const { server, mailerFor } = await start()
    server.trouble.hangAfterData = true
    expect(await failureOf(mailerFor({ timeoutSeconds: 0.5 }).send(MAIL))).toEqual(TIMEOUT)
  })

  test('a server that drops before its greeting is told as such', async ({ start }) => {
    const { server, mailerFor } = await start()
    server.trouble.dropOnConnect = true
    const mailer = mailerFor()
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([CONNECTION, CONNECTION])
  })

  test('a server that drops after DATA is told as such, and gets the mail once only', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    server.trouble.dropAfterData = true
    const mailer = mailerFor()
    expect(await failureOf(mailer.send(MAIL))).toEqual(CONNECTION)
    expect(server.commands.filter((command) => command === 'DATA')).toHaveLength(1)
  })

  test('a server that dribbles its replies is cut off after the total time, in send and in verify', async ({
    start,
    atEnd,
  }) => {
    const { mailerFor } = await start()
    const { port, openConnections, close } = await startRawServer(dribble)
    atEnd(close)
    const mailer = mailerFor({ port, totalTimeoutSeconds: 0.4 })
    const works = [mailer.send(MAIL), mailer.verify()]
    expect(await Promise.all(works.map(failureOf))).toEqual([TIMEOUT, TIMEOUT])
    await vi.waitFor(() => expect(openConnections()).toBe(0))
  })

  test('close does not wait for a server that has fallen silent after a refusal', async ({
    start,
    atEnd,
  }) => {
    const { mailerFor } = await start()
    const { port, openConnections, close } = await startRawServer(refuseAndFallSilent)
    atEnd(close)
    const plain = { port, user: '', pass: '', dangerouslyAllowPlaintext: true }
    const mailer = mailerFor({ ...plain, timeoutSeconds: 50 })
    expect(await failureOf(mailer.send(MAIL))).toMatchObject({ reason: 'refused_recipient' })
    expect(openConnections()).toBe(1)
    await mailer.close()
    await vi.waitFor(() => expect(openConnections()).toBe(0))
  })

  test('a mail that waited too long for a free connection is given up and never leaves late', async ({
    start,
  }) => {
    const { server, mailerFor } = await start()
    server.trouble.hangAfterData = true
    const mailer = mailerFor({ maxConnections: 1, totalTimeoutSeconds: 1 })
    const works = [mailer.send(MAIL), mailer.send({ ...MAIL, to: 'bob@example.com' })]
    expect(await Promise.all(works.map(failureOf))).toEqual([TIMEOUT, TIMEOUT])
    delete server.trouble.hangAfterData
    await mailer.send({ ...MAIL, to: 'carol@example.com' })
    expect(server.received.map(({ recipients }) => recipients[0])).toEqual(['carol@example.com'])
  })
})

/** Starts a reply and goes on with it for ever, never silent for long. It reads nothing, so it never hangs up. */
function dribble(socket: Socket): void {
  socket.write('220 slow ESMTP\r\n')
  const timer = setInterval(() => socket.write('250-x\r\n'), 50)
  socket.on('close', () => clearInterval(timer))
}

/** Refuses every recipient, and then says nothing any more. */
function refuseAndFallSilent(socket: Socket): void {
  const replies = new Map([
    ['EHLO', '250 hello'],
    ['MAIL', '250 ok'],
    ['RCPT', '550 no'],
  ])
  socket.write('220 ESMTP\r\n')
  socket.on('data', (line) => {
    const reply = replies.get(line.toString().slice(0, 4))
    if (reply !== undefined) socket.write(`${reply}\r\n`)
  })
}

async function startRawServer(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    openConnections: () => sockets.size,
    async close() {
      sockets.forEach((socket) => socket.destroy())
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
