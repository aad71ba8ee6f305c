import { drizzleMysql, migrate, userColumns } from '@mindmesh/auth-drizzle/mysql'
import { sql } from 'drizzle-orm'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import type { OpenDatabase } from '../database.ts'

const users = mysqlTable('users', {
  ...userColumns(),
  displayName: varchar('display_name', { length: 100 }).notNull(),
})

/** MySQL or MariaDB at a URL. */
export async function openMysql(url: string): Promise<OpenDatabase> {
  const pool = createPool({ uri: url })
  const db = drizzle(pool)
  await migrate(db)
  // What this app's own migration would do.
  const [found] = await pool.query<RowDataPacket[]>(`show columns from users like 'display_name'`)
  if (found.length === 0) {
    await db.execute(
      sql`alter table users add column display_name varchar(100) not null default ''`,
    )
  }
  return { adapter: drizzleMysql(db, { users }), close: async () => pool.end() }
}
