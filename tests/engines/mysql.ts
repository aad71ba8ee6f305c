import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
import type { Connection } from './test-database.ts'

/** Drizzle on mysql2, over ten connections. */
export async function connectMysql(url: string): Promise<Connection> {
  const pool = createPool({ uri: url, connectionLimit: 10 })
  const db = drizzle(pool)
  await migrate(db)
  return { openStore: () => drizzleMysql(db), close: async () => pool.end() }
}
