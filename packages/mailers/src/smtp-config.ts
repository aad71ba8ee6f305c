import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import { hasControl, parseMailbox, type Mailbox } from './mail-address.ts'

/** Settings; what is not given comes from the environment. */
export interface SmtpMailerOptions {
  /** @default SMTP_HOST */
  readonly host?: string
  /** 465 speaks TLS from the start; every other port must offer STARTTLS. @default SMTP_PORT or 587 */
  readonly port?: number
  /** Goes with `pass`; without both, nobody logs in. @default SMTP_USER */
  readonly user?: string
  /** @default SMTP_PASS */
  readonly pass?: string
  /** The sender: `address@example.com` or `Name <address@example.com>`. @default SMTP_FROM */
  readonly from?: string
  /** For a certificate authority of your own. Certificates are always checked. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'servername'>
  /** For connecting, for the greeting and for each silence; above 0, at most 50. @default 20 */
  readonly timeoutSeconds?: number
  /**
   * For one mail in all, with the wait for a free connection, and for `verify()`; above 0, at most 55: `MindmeshAuth`
   * itself waits 60 seconds. @default 45
   */
  readonly totalTimeoutSeconds?: number
  /** How many connections may be open, 1 to 100. @default 5 */
  readonly maxConnections?: number
  /** Goes on without TLS where the server offers none: codes can be read on the way. @default false */
  readonly dangerouslyAllowPlaintext?: boolean
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The settings, checked. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  readonly auth: { readonly user: string; readonly pass: string } | null
  readonly from: Mailbox
  readonly tls: Pick<ConnectionOptions, 'ca' | 'servername'>
  readonly timeoutSeconds: number
  readonly totalTimeoutSeconds: number
  readonly maxConnections: number
  readonly dangerouslyAllowPlaintext: boolean
}

const HOST = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i

/** Options over environment. Throws one `ConfigError` that names everything that is missing or wrong. */
export function parseSmtpOptions(options: SmtpMailerOptions): SmtpConfig {
  const env = options.env ?? process.env
  const host = options.host ?? env['SMTP_HOST'] ?? ''
  const port = options.port ?? portOf(env['SMTP_PORT'] ?? '')
  const user = options.user ?? env['SMTP_USER'] ?? ''
  const pass = options.pass ?? env['SMTP_PASS'] ?? ''
  const sender = options.from ?? env['SMTP_FROM'] ?? ''
  const from = parseMailbox(sender)
  const timeoutSeconds = options.timeoutSeconds ?? 20
  const totalTimeoutSeconds = options.totalTimeoutSeconds ?? 45
  const maxConnections = options.maxConnections ?? 5
  const problems = [
    { field: 'host (SMTP_HOST)', message: hostProblem(host) },
    { field: 'port (SMTP_PORT)', message: portProblem(port) },
    { field: 'user, pass (SMTP_USER, SMTP_PASS)', message: loginProblem(user, pass) },
    { field: 'from (SMTP_FROM)', message: from === null ? senderProblem(sender) : null },
    { field: 'timeoutSeconds', message: secondsProblem(timeoutSeconds, 50) },
    { field: 'totalTimeoutSeconds', message: secondsProblem(totalTimeoutSeconds, 55) },
    { field: 'maxConnections', message: connectionsProblem(maxConnections) },
  ].filter(hasMessage)
  if (from === null || problems.length > 0) throw new ConfigError(problems)
  return {
    host,
    port,
    auth: user === '' ? null : { user, pass },
    from,
    tls: tlsOf(options.tls ?? {}),
    timeoutSeconds,
    totalTimeoutSeconds,
    maxConnections,
    dangerouslyAllowPlaintext: options.dangerouslyAllowPlaintext === true,
  }
}

/** The two that may be set and no others: none of the rest may weaken the check of certificates. */
function tlsOf({ ca, servername }: SmtpConfig['tls']): SmtpConfig['tls'] {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
  }
}

function hasMessage(problem: {
  readonly field: string
  readonly message: string | null
}): problem is ConfigProblem {
  return problem.message !== null
}

function portOf(text: string): number {
  if (text === '') return 587
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
}

function hostProblem(host: string): string | null {
  if (host === '') return 'is missing; give the name of your mail server, such as smtp.example.com'
  if (isIP(host) !== 0 || HOST.test(host)) return null
  return 'must be the name of your mail server alone, such as smtp.example.com'
}

function portProblem(port: number): string | null {
  const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535
  return isPort ? null : 'must be a whole number from 1 to 65535; usual are 587 and 465'
}

function loginProblem(user: string, pass: string): string | null {
  if ((user === '') !== (pass === '')) return 'go together; give both or neither'
  if (!hasControl(user + pass)) return null
  return 'must not hold control characters; look for a line break at the end'
}

function senderProblem(from: string): string {
  return from === ''
    ? 'is missing; give the sender, such as Example <security@example.com>'
    : 'must be one address, or a name and one address: Example <security@example.com>'
}

function secondsProblem(seconds: number, longest: number): string | null {
  return seconds > 0 && seconds <= longest ? null : `must be above 0 and at most ${longest}`
}

function connectionsProblem(count: number): string | null {
  const isCount = Number.isInteger(count) && count >= 1 && count <= 100
  return isCount ? null : 'must be a whole number from 1 to 100'
}
