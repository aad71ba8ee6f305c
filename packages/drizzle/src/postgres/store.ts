import type { AuthStore } from '@mindmesh/auth/ports'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import { primaryOf, type AppDatabase, type PostgresDatabase } from './database.ts'
import { eventStore } from './event-store.ts'
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of this very table come out, without the hash
  return createStore(primaryOf(db), users as UsersTable) as AuthStore<ModelOf<Table>>
}

function createStore(db: PostgresDatabase, users: UsersTable): AuthStore {
  return {
    users: userStore(db, users),
    sessions: sessionStore(db, users),
    codes: codeStore(db),
    accounts: accountStore(db, users),
    rateLimits: rateLimitStore(db),
    events: eventStore(db),
    outbox: outboxStore(db),
    deleteExpired: async (input) => deleteExpired(db, input),
    assertSchema: async () => assertSchema(db, [users, ...LIBRARY_TABLES]),
  }
}

const LIBRARY_TABLES = [
  tables.authSessions,
  tables.authCodes,
  tables.authAccounts,
  tables.authRateLimits,
  tables.authEvents,
  tables.authOutbox,
]
