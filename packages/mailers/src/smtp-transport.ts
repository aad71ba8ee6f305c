import type { SmtpConfig } from './smtp-config.ts'

/** What nodemailer's pool is made from. */
export interface SmtpTransportOptions {
  readonly pool: true
  readonly maxConnections: number
  readonly maxRequeues: number
  readonly idleTimeout: number
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly requireTLS: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  readonly forceAuth?: true
  readonly tls: SmtpConfig['tls'] & {
    readonly minVersion: 'TLSv1.2'
    readonly rejectUnauthorized: true
  }
  readonly connectionTimeout: number
  readonly greetingTimeout: number
  readonly dnsTimeout: number
  readonly socketTimeout: number
  readonly socketCloseTimeout: number
}

/** Settings of a pool that opens its first connection with the first mail. */
export function smtpTransportOptions(config: SmtpConfig): SmtpTransportOptions {
  const timeout = config.timeoutSeconds * 1000
  // RFC 8314 §3.3: 465 is TLS from the start.
  const isImplicitTls = config.port === 465
  return {
    pool: true,
    maxConnections: config.maxConnections,
    // Enough for a connection that the server had closed meanwhile; the outbox does the real trying again.
    maxRequeues: 2,
    // An open connection keeps the process alive.
    idleTimeout: 30_000,
    host: config.host,
    port: config.port,
    secure: isImplicitTls,
    requireTLS: !isImplicitTls && !config.dangerouslyAllowPlaintext,
    // Logging in is asked for even where the server does not offer it: wrong settings must show.
    ...(config.auth === null ? {} : { auth: config.auth, forceAuth: true }),
    // Said in so many words, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment does not count.
    tls: { ...config.tls, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    dnsTimeout: timeout,
    socketTimeout: timeout,
    // A connection is closed when nothing is under way on it: a server that does not hang up is not waited for.
    socketCloseTimeout: 250,
  }
}
