import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { OpenDatabase } from '../database.ts'

const users = sqliteTable('users', {
  ...userColumns(),
  displayName: text('display_name').notNull(),
})

/** SQLite in a file. */
export async function openSqlite(path: string): Promise<OpenDatabase> {
  const client = new Database(path.replace(/^file:/, ''))
  client.pragma('journal_mode = WAL')
  const db = drizzle(client)
  await migrate(db)
  // What this app's own migration would do.
  const found = db.all(sql`select 1 from pragma_table_info('users') where name = 'display_name'`)
  if (found.length === 0) {
    db.run(sql`alter table users add column display_name text not null default ''`)
  }
  return { adapter: drizzleSqlite(db, { users }), close: async () => void client.close() }
}
