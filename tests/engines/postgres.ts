import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Connection } from './test-database.ts'

/** Drizzle on the driver `postgres`, over ten connections. */
export async function connectPostgres(url: string): Promise<Connection> {
  const client = postgres(url, { max: 10, onnotice: () => undefined })
  const db = drizzle(client)
  await migrate(db)
  return { openStore: () => drizzlePostgres(db), close: async () => client.end() }
}
