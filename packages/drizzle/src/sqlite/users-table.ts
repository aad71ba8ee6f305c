import type { User } from '@mindmesh/auth/ports'
import {
  getTableColumns,
  type BuildColumns,
  type InferInsertModel,
  type InferSelectModel,
} from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { userColumns } from './columns.ts'
import type { users } from './tables.ts'

/** The library's own table. */
export type UsersTable = typeof users

/** A table of any name with all of the library's columns and the app's own. */
export type AppUsersTable = SQLiteTable &
  BuildColumns<string, ReturnType<typeof userColumns>, 'sqlite'>

type OwnColumn = keyof InferSelectModel<UsersTable>

/** What an app's users table gives: the user without the hash, and the app's own columns to fill in. */
export interface ModelOf<Table extends SQLiteTable> {
  readonly user: User & Readonly<Omit<InferSelectModel<Table>, OwnColumn>>
  readonly profile: Readonly<Omit<InferInsertModel<Table>, OwnColumn>>
}

/** The columns of a user as the app sees it: all of its table but the password hash. */
export function userColumnsOf(table: UsersTable) {
  const { passwordHash: _hash, ...columns } = getTableColumns(table)
  return columns
}
