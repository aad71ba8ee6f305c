import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/pglite'
import { postgresRows } from './postgres-rows.ts'
import { postgresTables } from './postgres-server.ts'
import type { TestDatabase } from './test-database.ts'

/** PostgreSQL within this process: one connection, so what is called at once is carried out one after the other. */
export async function createPglite(): Promise<TestDatabase> {
  const client = await PGlite.create({ loadDataDir: await freshCluster() })
  const db = drizzle(client)
  await migrate(db)
  const query = async (text: string): Promise<readonly object[]> =>
    (await client.query<object>(text)).rows
  return {
    ...postgresTables(query),
    rows: async () => postgresRows(db),
    place: null,
    openStore: () => drizzlePostgres(db),
    drop: async () => client.close(),
  }
}

const modules = new URL('../../node_modules/', import.meta.url)

/** What PGlite makes anew for each database, in seconds: made once for each version of it, and kept. */
async function freshCluster(): Promise<Blob> {
  const { version } = JSON.parse(
    readFileSync(new URL('@electric-sql/pglite/package.json', modules), 'utf8'),
  ) as { version: string }
  const folder = new URL('.cache/mindmesh/', modules)
  const path = fileURLToPath(new URL(`pglite-${version}.tar`, folder))
  const kept = contentOf(path)
  if (kept !== null) return new Blob([kept])
  const client = await PGlite.create()
  const cluster = await client.dumpDataDir('none')
  await client.close()
  mkdirSync(folder, { recursive: true })
  // Another test file may be reading or writing it.
  const ours = `${path}.${process.pid}`
  writeFileSync(ours, new Uint8Array(await cluster.arrayBuffer()))
  renameSync(ours, path)
  return cluster
}

function contentOf(path: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(readFileSync(path))
  } catch {
    return null
  }
}
