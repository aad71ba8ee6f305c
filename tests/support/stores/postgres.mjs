import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

/** A store on a database that is migrated already. */
export async function openStore(url) {
  const client = postgres(url, { max: 8 })
  return { store: drizzlePostgres(drizzle(client)), close: async () => client.end() }
}
