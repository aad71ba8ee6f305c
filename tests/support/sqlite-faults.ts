import type { Fault, FaultInjector } from '@mindmesh/auth-adapter-kit'

/** Counts the statements of a better-sqlite3 database, and makes one of them throw before it runs. */
export interface SqliteFaults extends FaultInjector {
  /** For the `verbose` option of the database. */
  readonly verbose: (statement?: unknown) => void
  /** The statements since `arm`, parameters filled in. */
  statements(): readonly string[]
}

/** SQLite has no connection to lose: a statement that ran has taken effect, so `after` is `before` the next one. */
export function sqliteFaults(): SqliteFaults {
  let seen: string[] = []
  let fault: Fault | null = null
  return {
    verbose(statement) {
      seen.push(String(statement))
      const failing = fault === null ? 0 : fault.statement + (fault.when === 'after' ? 1 : 0)
      if (seen.length === failing) throw new Error('The disk failed.')
    },
    statements: () => seen,
    arm(next) {
      seen = []
      fault = next
    },
    disarm() {
      fault = null
      return seen.length
    },
  }
}
