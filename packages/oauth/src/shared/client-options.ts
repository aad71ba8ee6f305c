import { ConfigError } from '@mindmesh/auth/ports'

/** What a provider knows the app by. */
export interface ClientOptions {
  readonly clientId: string
  readonly clientSecret: string
}

/** Throws a `ConfigError` that names every option that is missing: most come from the environment. */
export function assertGiven(provider: string, options: Readonly<Record<string, unknown>>): void {
  const missing = Object.entries(options).filter(([, value]) => !isText(value))
  if (missing.length === 0) return
  throw new ConfigError(
    missing.map(([name]) => ({ field: `${provider}.${name}`, message: 'is missing' })),
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
