import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** This app's users: the library's columns and one of its own. */
export const users = sqliteTable('users', {
  ...userColumns(),
  displayName: text('display_name').notNull(),
})

/** Opens the SQLite file in a folder, with its tables. */
export async function openDatabase(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const client = new Database(join(folder, 'app.db'))
  client.pragma('journal_mode = WAL')
  const db = drizzle(client)
  await migrate(db)
  addOwnColumns(client)
  return { adapter: drizzleSqlite(db, { users }), close: (): void => void client.close() }
}

/** What this app's own migration would do. */
function addOwnColumns(client: Database.Database): void {
  const columns = client.prepare(`select name from pragma_table_info('users')`).pluck().all()
  if (columns.includes('display_name')) return
  client.exec(`alter table users add column display_name text not null default ''`)
}
