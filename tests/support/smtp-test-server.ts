import type { Socket } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { selfSignedCertificate, type Certificate } from './self-signed-certificate.ts'

let certificate: Certificate | undefined

/** What the server does wrong. It may be changed while the server runs. */
export interface SmtpTrouble {
  /** Accepts the connection and never greets. */
  hangOnConnect?: boolean
  /** Ends the connection instead of greeting. */
  dropOnConnect?: boolean
  /** The reply to MAIL FROM, such as 550. */
  refuseSender?: number
  /** The reply to RCPT TO: 550 for good, 450 for now. */
  refuseRecipient?: number
  /** The reply to the whole message. */
  refuseMessage?: number
  /** Takes the whole message and never answers. */
  hangAfterData?: boolean
  /** Takes the whole message and cuts every connection. */
  dropAfterData?: boolean
  /** What a refusal says after its code. @default a text with both addresses */
  refusalText?: string
}

/** A mail as it arrived, with what its envelope said. */
export interface ReceivedMail extends ParsedMail {
  /** All of it, byte for byte. */
  readonly raw: string
  /** The address of MAIL FROM. */
  readonly sender: string
  /** The addresses of RCPT TO. */
  readonly recipients: readonly string[]
  /** Whether it came over TLS. */
  readonly isEncrypted: boolean
  /** Who logged in; `null`: nobody. */
  readonly user: string | null
}

/** Settings with which `smtpMailer` reaches the server. */
export interface SmtpTestSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly pass: string
  readonly from: string
  readonly tls: { readonly ca: string; readonly servername: string }
}

/** An SMTP server on loopback that keeps what it is sent. */
export interface SmtpTestServer {
  readonly received: readonly ReceivedMail[]
  /** What the clients said, without passwords and messages. */
  readonly commands: readonly string[]
  /** How many connections there have been. */
  connections(): number
  /** How many connections are open now. */
  openConnections(): number
  readonly trouble: SmtpTrouble
  readonly options: SmtpTestSettings
  /** Cuts every connection; the server stays. */
  dropConnections(): void
  close(): Promise<void>
}

/** What a test server offers. */
export interface SmtpTestServerOptions {
  /** Whether it offers STARTTLS. @default true */
  readonly tls?: boolean
  /** Whether it speaks TLS from the start. @default false */
  readonly implicitTls?: boolean
  /** Whether it offers to log in. @default true */
  readonly auth?: boolean
  /** Whether it takes several commands at once (RFC 2920). @default true */
  readonly pipelining?: boolean
}

/** Starts a server on a free port. All servers of a process show the same certificate. */
export async function startSmtpServer(offers: SmtpTestServerOptions = {}): Promise<SmtpTestServer> {
  certificate ??= selfSignedCertificate()
  const received: ReceivedMail[] = []
  const commands: string[] = []
  const trouble: SmtpTrouble = {}
  const sockets = new Set<Socket>()
  const dropConnections = (): void => sockets.forEach((socket) => socket.destroy())
  const server = new SMTPServer({
    ...certificate,
    ...serverOptions(offers),
    ...troubledHandlers(received, trouble, dropConnections),
    logger: commandLogger(commands),
  })
  // Broken connections are what it is for.
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    if (trouble.dropOnConnect === true) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    received,
    commands,
    connections: () => sockets.size,
    openConnections: () => server.connections.size,
    trouble,
    options: settingsFor(port, certificate),
    dropConnections,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      dropConnections()
      await closed
    },
  }
}

function settingsFor(port: number, { cert }: Certificate): SmtpTestSettings {
  return {
    host: '127.0.0.1',
    port,
    user: 'mindmesh',
    pass: 'smtp-password',
    from: 'Mindmesh <security@mindmesh.example>',
    tls: { ca: cert, servername: 'localhost' },
  }
}

function serverOptions(offers: SmtpTestServerOptions): SMTPServerOptions {
  const { tls, implicitTls, auth, pipelining } = offers
  return {
    secure: implicitTls === true,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: tls === false,
    authOptional: auth === false,
    disabledCommands: [
      ...(tls === false ? ['STARTTLS' as const] : []),
      ...(auth === false ? ['AUTH' as const] : []),
    ],
    hidePIPELINING: pipelining === false,
    disableReverseLookup: true,
  }
}

function troubledHandlers(
  received: ReceivedMail[],
  trouble: SmtpTrouble,
  dropConnections: () => void,
): SMTPServerOptions {
  return {
    onConnect(_session, callback) {
      if (trouble.hangOnConnect !== true) callback()
    },
    onAuth({ username, password }, _session, callback) {
      if (username === 'mindmesh' && password === 'smtp-password')
        callback(null, { user: username })
      else callback(refusal(535, trouble))
    },
    onMailFrom(_address, _session, callback) {
      callback(refusal(trouble.refuseSender, trouble))
    },
    onRcptTo(_address, _session, callback) {
      callback(refusal(trouble.refuseRecipient, trouble))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (trouble.hangAfterData === true) return
        if (trouble.dropAfterData === true) dropConnections()
        else if (trouble.refuseMessage !== undefined)
          callback(refusal(trouble.refuseMessage, trouble))
        else
          void keep(received, Buffer.concat(chunks), session).then(() => callback(null), callback)
      })
    },
  }
}

function refusal(code: number | undefined, { refusalText }: SmtpTrouble): Error | null {
  if (code === undefined) return null
  // As servers do: with the address in the text.
  const text = refusalText ?? 'refused <anna@example.com> <security@mindmesh.example>'
  return Object.assign(new Error(text), { responseCode: code })
}

type Logger = Exclude<SMTPServerOptions['logger'], boolean | undefined>

function commandLogger(commands: string[]): Logger {
  const nothing = (): void => undefined
  const debug = (_fields: unknown, text: string, line: string): void => {
    if (text === 'C:') commands.push(line)
  }
  return { trace: nothing, debug, info: nothing, warn: nothing, error: nothing, fatal: nothing }
}

async function keep(received: ReceivedMail[], raw: Buffer, session: SMTPServerSession) {
  const mail = await simpleParser(raw)
  const { mailFrom, rcptTo } = session.envelope
  received.push({
    ...mail,
    raw: raw.toString('latin1'),
    sender: mailFrom === false ? '' : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    isEncrypted: session.secure,
    user: session.user ?? null,
  })
}
