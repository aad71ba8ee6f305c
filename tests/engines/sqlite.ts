import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { Connection } from './test-database.ts'

/** Drizzle on better-sqlite3. */
export async function connectSqlite(path: string): Promise<Connection> {
  const client = new Database(path)
  client.pragma('journal_mode = WAL')
  // Only a power cut could lose what is not yet on the disk; a process that is killed loses nothing.
  client.pragma('synchronous = off')
  const db = drizzle(client)
  await migrate(db)
  return {
    openStore: () => drizzleSqlite(db),
    close: async () => void client.close(),
  }
}
