import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { SmtpMailerOptions } from '@mindmesh/auth-mailers/smtp'

/** What the server does wrong. It may be changed while the server runs. */
export interface SmtpTrouble {
  refuseRecipient?: number
  hangAfterData?: boolean
  hangOnConnect?: boolean
  dropAfterData?: boolean
}

/** An SMTP server on loopback with STARTTLS and AUTH, that keeps what it is sent. */
export interface SmtpTestServer {
  readonly received: readonly ParsedMail[]
  readonly connections: () => number
  readonly trouble: SmtpTrouble
  /** Settings with which `smtpMailer` reaches it. */
  readonly options: Required<
    Pick<SmtpMailerOptions, 'host' | 'port' | 'user' | 'pass' | 'from' | 'tls'>
  >
  close(): Promise<void>
}

/** Starts a server. `tls: false`: it offers no STARTTLS. */
export async function startSmtpServer({ tls = true } = {}): Promise<SmtpTestServer> {
  const { key, cert } = selfSigned()
  const received: ParsedMail[] = []
  const trouble: SmtpTrouble = {}
  const sockets = new Set<Socket>()
  let connections = 0
  const server = new SMTPServer({
    key,
    cert,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: !tls,
    disabledCommands: tls ? [] : ['STARTTLS'],
    disableReverseLookup: true,
    onConnect(_session, callback) {
      connections += 1
      if (trouble.hangOnConnect !== true) callback()
    },
    onAuth({ username, password }, _session, callback) {
      if (username === 'mindmesh' && password === 'smtp-password')
        callback(null, { user: username })
      else callback(Object.assign(new Error('no'), { responseCode: 535 }))
    },
    onRcptTo(_address, _session, callback) {
      const code = trouble.refuseRecipient
      if (code === undefined) callback()
      else callback(Object.assign(new Error('refused'), { responseCode: code }))
    },
    onData: receiveInto(received, trouble, () => {
      for (const socket of sockets) socket.destroy()
    }),
  })
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    received,
    connections: () => connections,
    trouble,
    options: {
      host: '127.0.0.1',
      port,
      user: 'mindmesh',
      pass: 'smtp-password',
      from: 'Mindmesh <security@mindmesh.example>',
      tls: { ca: cert, servername: 'localhost' },
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function receiveInto(
  received: ParsedMail[],
  trouble: SmtpTrouble,
  drop: () => void,
): NonNullable<SMTPServerOptions['onData']> {
  return (stream, _session, callback) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      if (trouble.hangAfterData === true) return
      if (trouble.dropAfterData === true) {
        drop()
        return
      }
      void simpleParser(Buffer.concat(chunks)).then((mail) => {
        received.push(mail)
        callback()
      }, callback)
    })
  }
}

function selfSigned(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mindmesh-smtp-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const kind = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
