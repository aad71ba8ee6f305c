import type { ConnectionOptions } from 'node:tls'
import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'

/** Settings; what is not given comes from the environment. */
export interface SmtpMailerOptions {
  /** @default SMTP_HOST */
  readonly host?: string
  /** 465 speaks TLS from the start. @default SMTP_PORT or 587 */
  readonly port?: number
  /** @default SMTP_USER */
  readonly user?: string
  /** @default SMTP_PASS */
  readonly pass?: string
  /** `address@example.com` or `Name <address@example.com>`. @default SMTP_FROM */
  readonly from?: string
  /** For a certificate authority of your own. Certificates are always checked. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'servername'>
  /** For connecting, for the greeting and for each silence. @default 20 */
  readonly timeoutSeconds?: number
  /** @default 5 */
  readonly maxConnections?: number
  /** Sends codes and passwords readable for everyone on the way. @default false */
  readonly dangerouslyAllowPlaintext?: boolean
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The settings, checked. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  readonly auth: { readonly user: string; readonly pass: string } | null
  readonly from: { readonly name: string; readonly address: string }
  readonly tls: Pick<ConnectionOptions, 'ca' | 'servername'>
  readonly timeoutSeconds: number
  readonly maxConnections: number
  readonly dangerouslyAllowPlaintext: boolean
}

const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}$/

/** Options over environment. Throws one `ConfigError` that names everything that is missing or wrong. */
export function parseSmtpOptions(options: SmtpMailerOptions): SmtpConfig {
  const env = options.env ?? process.env
  const host = options.host ?? env['SMTP_HOST'] ?? ''
  const port = options.port ?? Number(env['SMTP_PORT'] || 587)
  const user = options.user ?? env['SMTP_USER'] ?? ''
  const pass = options.pass ?? env['SMTP_PASS'] ?? ''
  const from = parseFrom(options.from ?? env['SMTP_FROM'] ?? '')
  const timeoutSeconds = options.timeoutSeconds ?? 20
  const problems: ConfigProblem[] = []
  const check = (isRight: boolean, field: string, message: string): void => {
    if (!isRight) problems.push({ field, message })
  }
  check(/^[A-Za-z0-9.:_-]+$/.test(host), 'host (SMTP_HOST)', 'must be the name of your mail server')
  check(
    Number.isInteger(port) && port > 0 && port < 65_536,
    'port (SMTP_PORT)',
    'must be a number from 1 to 65535; usual are 587 and 465',
  )
  check(
    (user === '') === (pass === ''),
    'user, pass (SMTP_USER, SMTP_PASS)',
    'go together: give both or neither',
  )
  check(from !== null, 'from (SMTP_FROM)', 'must be an address, or a name and an <address>')
  check(
    timeoutSeconds > 0 && timeoutSeconds <= 50,
    'timeoutSeconds',
    'must be above 0 and at most 50',
  )
  if (from === null || problems.length > 0) throw new ConfigError(problems)
  return {
    host,
    port,
    auth: user === '' ? null : { user, pass },
    from,
    tls: options.tls ?? {},
    timeoutSeconds,
    maxConnections: options.maxConnections ?? 5,
    dangerouslyAllowPlaintext: options.dangerouslyAllowPlaintext ?? false,
  }
}

function parseFrom(text: string): SmtpConfig['from'] | null {
  // oxlint-disable-next-line no-control-regex -- refusing control characters is its purpose
  if (/[\u0000-\u001f\u007f]/.test(text)) return null
  const match = /^\s*(?:"?([^"<>]*?)"?\s*<([^<>]+)>|([^<>\s]+))\s*$/.exec(text)
  const address = match?.[2] ?? match?.[3] ?? ''
  return ADDRESS.test(address) ? { name: match?.[1] ?? '', address } : null
}
