import { ConfigError } from '@mindmesh/auth/ports'

/** Options of the mailers that show codes to whoever can read the machine. */
export interface DevelopmentMailerOptions {
  /** @default false */
  readonly dangerouslyAllowInProduction?: boolean
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Throws a `ConfigError` in production: there, codes must not stand in logs or files. */
export function assertDevelopment(name: string, options: DevelopmentMailerOptions): void {
  const env = options.env ?? process.env
  if (env['NODE_ENV'] !== 'production' || options.dangerouslyAllowInProduction === true) return
  throw new ConfigError([
    {
      field: 'mailer',
      message: `${name} shows codes in clear and is for development; use smtpMailer() in production`,
    },
  ])
}
