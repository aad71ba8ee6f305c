import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'

/** A store on a database file that is migrated already. */
export async function openStore(file) {
  const client = new Database(file)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = off')
  return { store: drizzleSqlite(drizzle(client)), close: async () => client.close() }
}
