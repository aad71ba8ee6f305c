import type { AuthStore } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import { asSqliteDatabase, read, type AppDatabase, type SqliteDatabase } from './database.ts'
import { effectWriter } from './effects.ts'
import { eventStore } from './event-store.ts'
import { migrations } from './migrate.ts'
import { outboxStore } from './outbox-store.ts'
import { deleteExpired } from './prune.ts'
import { rateLimitStore } from './rate-limit-store.ts'
import { assertSchema } from './schema-check.ts'
import { sessionStore } from './session-store.ts'
import * as tables from './tables.ts'
import { userStore } from './user-store.ts'
import type { AppUsersTable, ModelOf, UsersTable } from './users-table.ts'

/** What may be told besides the database. */
export interface DrizzleSqliteOptions<Table extends AppUsersTable> {
  /** The app's own users table, made with `userColumns()`. @default the shipped `users` */
  readonly users?: Table
}

/**
 * Storage on SQLite through better-sqlite3: the app's own drizzle instance, whatever its schema. The app's columns
 * of its users table are typed in `register`'s profile and in every returned user.
 */
export function drizzleSqlite<Table extends AppUsersTable = UsersTable>(
  db: AppDatabase,
  options: DrizzleSqliteOptions<Table> = {},
): AuthStore<ModelOf<Table>> {
  const users: AppUsersTable = options.users ?? tables.users
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of this very table come out, without the hash
  return createStore(asSqliteDatabase(db), users as UsersTable) as AuthStore<ModelOf<Table>>
}

function createStore(db: SqliteDatabase, users: UsersTable): AuthStore {
  const access = { db, writer: effectWriter(db) }
  return {
    users: userStore(access, users),
    sessions: sessionStore(access, users),
    codes: codeStore(access),
    accounts: accountStore(access, users),
    rateLimits: rateLimitStore(db),
    events: eventStore(access),
    outbox: outboxStore(access),
    deleteExpired: async (input) => deleteExpired(db, input),
    assertSchema: async () => assertSchema(db, [users, ...LIBRARY_TABLES]),
    migrations: migrations(db),
    readTime: async () => read('readTime', () => timeOf(db)),
  }
}

/** A database in a file has the machine's clock. */
function timeOf(db: SqliteDatabase): Date {
  const row = db.get<{ now: number }>(
    sql`select cast((julianday('now') - 2440587.5) * 86400000 as integer) as now`,
  )
  return new Date(row.now)
}

const LIBRARY_TABLES = [
  tables.authSessions,
  tables.authCodes,
  tables.authAccounts,
  tables.authRateLimits,
  tables.authEvents,
  tables.authOutbox,
]
