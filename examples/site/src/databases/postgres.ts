import { drizzlePostgres, migrate, userColumns } from '@mindmesh/auth-drizzle/postgres'
import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { OpenDatabase } from '../database.ts'

const users = pgTable('users', {
  ...userColumns(),
  displayName: text('display_name').notNull(),
})

/** PostgreSQL at a URL. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const client = postgres(url, { onnotice: () => undefined })
  const db = drizzle(client)
  await migrate(db)
  // What this app's own migration would do.
  await db.execute(
    sql`alter table users add column if not exists display_name text not null default ''`,
  )
  return { adapter: drizzlePostgres(db, { users }), close: async () => client.end() }
}
