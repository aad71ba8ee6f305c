export { userColumns, userId } from './columns.ts'
export { migrate } from './migrate.ts'
export { drizzlePostgres } from './store.ts'
export type { DrizzlePostgresOptions } from './store.ts'
export {
  authAccounts,
  authCodes,
  authEvents,
  authOutbox,
  authRateLimits,
  authSessions,
  users,
} from './tables.ts'
export type { AppUsersTable, ModelOf, UsersTable } from './users-table.ts'
