import { PGlite } from '@electric-sql/pglite'
import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/pglite'
import { postgresTables } from './postgres-server.ts'
import type { TestDatabase } from './test-database.ts'

/** PostgreSQL within this process: one connection, so what is called at once is carried out one after the other. */
export async function createPglite(): Promise<TestDatabase> {
  const client = await PGlite.create()
  const db = drizzle(client)
  await migrate(db)
  const query = async (text: string): Promise<readonly object[]> =>
    (await client.query<object>(text)).rows
  return {
    ...postgresTables(query),
    place: null,
    openStore: () => drizzlePostgres(db),
    drop: async () => client.close(),
  }
}
