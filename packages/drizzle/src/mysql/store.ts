import type { AuthStore } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import { databaseOf, readOne, type AppDatabase, type MysqlDatabase } from './database.ts'
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
export interface DrizzleMysqlOptions<Table extends AppUsersTable> {
  /** The app's own users table, made with `userColumns()`. @default the shipped `users` */
  readonly users?: Table
}

/**
 * Storage on MySQL 8 or MariaDB through mysql2: the app's own drizzle instance, whatever its schema, on a pool (calls
 * on a lone connection wait for one another, and the app must not use it in between). The app's columns of its users
 * table are typed in `register`'s profile and in every returned user.
 */
export function drizzleMysql<Table extends AppUsersTable = UsersTable>(
  db: AppDatabase,
  options: DrizzleMysqlOptions<Table> = {},
): AuthStore<ModelOf<Table>> {
  const users: AppUsersTable = options.users ?? tables.users
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of this very table come out, without the hash
  return createStore(databaseOf(db), users as UsersTable) as AuthStore<ModelOf<Table>>
}

function createStore(db: MysqlDatabase, users: UsersTable): AuthStore {
  return {
    users: userStore(db, users),
    sessions: sessionStore(db, users),
    codes: codeStore(db),
    accounts: accountStore(db, users),
    rateLimits: rateLimitStore(db),
    events: eventStore(db),
    outbox: outboxStore(db),
    deleteExpired: async (input) => deleteExpired(db, input),
    assertSchema: async () => assertSchema(db, { users, library: LIBRARY_TABLES }),
    migrations: migrations(db),
    readTime: async () => readTime(db),
  }
}

async function readTime(db: MysqlDatabase): Promise<Date> {
  const now = sql`unix_timestamp(sysdate(3)) * 1000`.mapWith(Number)
  const row = await readOne(db, 'readTime', async () => db.orm.select({ now }).from(sql`dual`))
  return new Date(row?.now ?? Number.NaN)
}

const LIBRARY_TABLES = [
  tables.authSessions,
  tables.authCodes,
  tables.authAccounts,
  tables.authRateLimits,
  tables.authEvents,
  tables.authOutbox,
]
