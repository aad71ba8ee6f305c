/** How bad: `error` is what keeps people from signing in, or what an attacker can use. */
export type Level = 'ok' | 'note' | 'warning' | 'error'

/** What was looked at, how it is, and how to mend it. */
export interface Finding {
  readonly check: 'setup' | 'environment' | 'secrets' | 'database' | 'clock' | 'mail' | 'proxies'
  readonly level: Level
  readonly message: string
  readonly mend: string | null
}

/** Nothing to do. */
export function fine(check: Finding['check'], message: string): Finding {
  return { check, level: 'ok', message, mend: null }
}
