import type { AuthStore } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import {
  accessTo,
  primaryOf,
  read,
  type Access,
  type AppDatabase,
  type PostgresDatabase,
} from './database.ts'
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
export interface DrizzlePostgresOptions<Table extends AppUsersTable> {
  /** The app's own users table, made with `userColumns()`. @default the shipped `users` */
  readonly users?: Table
  /**
   * Keeps the most frequent queries prepared on the server's connections: a session check takes one exchange with
   * it, where the driver `postgres` otherwise takes two. Not behind a pooler that gives each transaction to another
   * connection and knows no prepared statements (PgBouncer before 1.21). @default false
   */
  readonly preparedStatements?: boolean
}

/**
 * Storage on PostgreSQL through any of drizzle's drivers that has transactions: the app's own drizzle instance,
 * whatever its schema. The app's columns of its users table are typed in `register`'s profile and in every returned
 * user.
 */
export function drizzlePostgres<Table extends AppUsersTable = UsersTable>(
  db: AppDatabase,
  options: DrizzlePostgresOptions<Table> = {},
): AuthStore<ModelOf<Table>> {
  const users: AppUsersTable = options.users ?? tables.users
  const access = accessTo(primaryOf(db), options.preparedStatements ?? false)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of this very table come out, without the hash
  return createStore(access, users as UsersTable) as AuthStore<ModelOf<Table>>
}

function createStore(access: Access, users: UsersTable): AuthStore {
  const { db } = access
  return {
    users: userStore(access, users),
    sessions: sessionStore(access, users),
    codes: codeStore(access),
    accounts: accountStore(access, users),
    rateLimits: rateLimitStore(access),
    events: eventStore(access),
    outbox: outboxStore(access),
    deleteExpired: async (input) => deleteExpired(db, input),
    assertSchema: async () => assertSchema(db, [users, ...LIBRARY_TABLES]),
    migrations: migrations(db),
    readTime: async () => readTime(db),
  }
}

async function readTime(db: PostgresDatabase): Promise<Date> {
  const now = sql`extract(epoch from clock_timestamp()) * 1000`.mapWith(Number)
  const rows = await read('readTime', () => db.select({ now }).from(sql`(select 1) as one`))
  return new Date(rows[0]?.now ?? Number.NaN)
}

const LIBRARY_TABLES = [
  tables.authSessions,
  tables.authCodes,
  tables.authAccounts,
  tables.authRateLimits,
  tables.authEvents,
  tables.authOutbox,
]
