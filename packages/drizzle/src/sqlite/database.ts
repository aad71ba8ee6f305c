import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, StoreError } from '@mindmesh/auth/ports'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

/** The app's drizzle instance, whatever its schema. */
export type SqliteDatabase = BetterSQLite3Database<Record<string, unknown>>

/** Thrown inside a transaction to undo it and to give this outcome to the caller instead of an error. */
export class Rollback<Outcome> extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('The step was undone.')
    this.outcome = outcome
  }
}

const MAX_TRIES = 8

/**
 * Runs one step as a write transaction. Writers are serialised by SQLite (`BEGIN IMMEDIATE`), so nothing comes
 * between its statements. SQLITE_BUSY is tried again with growing, random pauses; better-sqlite3's own `timeout`
 * (5 seconds by default) waits inside the thread before that, and is the app's to choose.
 */
export async function write<Outcome>(
  db: SqliteDatabase,
  operation: string,
  step: (tx: SqliteDatabase) => Outcome,
): Promise<Outcome> {
  return attempt(operation, () => db.transaction((tx) => step(tx), { behavior: 'immediate' }))
}

/** Runs a query outside any transaction. */
export async function read<Result>(operation: string, query: () => Result): Promise<Result> {
  return attempt(operation, query)
}

async function attempt<Outcome>(operation: string, work: () => Outcome): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return work()
    } catch (error) {
      if (error instanceof Rollback) return error.outcome
      if (error instanceof ConfigError) throw error
      if (!isBusy(error) || tries === MAX_TRIES) throw new StoreError(operation, { cause: error })
      await sleep(randomInt(1, 5 * 2 ** tries))
    }
  }
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** Whether a unique index on these columns refused the row; `columns` as SQLite names them, `users.email`. */
export function violatesUnique(error: unknown, columns: string): boolean {
  const cause = rootOf(error)
  const code = codeOf(error)
  return (
    (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') &&
    cause instanceof Error &&
    cause.message.includes(columns)
  )
}

function codeOf(error: unknown): string {
  const cause = rootOf(error)
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** drizzle wraps what the driver throws. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error
}
