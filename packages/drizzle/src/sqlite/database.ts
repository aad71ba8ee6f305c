import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { attempt, codeOf, rootOf } from '../shared/attempt.ts'

/**
 * The app's drizzle instance on better-sqlite3, whatever its schema. Only methods whose types do not depend on the
 * schema are named: comparing whole instances costs an app's compiler some 270,000 type instantiations.
 */
export type AppDatabase = Pick<BetterSQLite3Database, 'all' | 'get' | 'run' | 'values'>

/** The same instance as the store uses it: for queries by table, which never look at the app's schema. */
export type SqliteDatabase = BetterSQLite3Database<Record<string, unknown>>

/** Sees the app's instance as the store uses it. */
export function asSqliteDatabase(db: AppDatabase): SqliteDatabase {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else has these methods with these results
  return db as SqliteDatabase
}

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
  return attempt(operation, isBusy, () =>
    db.transaction((tx) => step(tx), { behavior: 'immediate' }),
  )
}

/** Runs a query outside any transaction. */
export async function read<Result>(operation: string, query: () => Result): Promise<Result> {
  return attempt(operation, isBusy, query)
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** Whether a unique index on these columns refused the row; `columns` as SQLite names them, `users.email`. */
export function violatesUnique(error: unknown, columns: string): boolean {
  const root = rootOf(error)
  const code = codeOf(error)
  return (
    (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') &&
    root instanceof Error &&
    root.message.includes(columns)
  )
}
