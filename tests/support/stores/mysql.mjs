import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'

/** A store on a database that is migrated already. */
export async function openStore(uri) {
  const pool = createPool({ uri, connectionLimit: 8 })
  return { store: drizzleMysql(drizzle(pool)), close: async () => pool.end() }
}
