import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres, { type Options, type Sql } from 'postgres'
import { afterAll, inject } from 'vitest'
import { newDatabaseName } from '../engines/database-name.ts'
import { postgresServer, postgresTables } from '../engines/postgres-server.ts'

const { id: runId, servers, chosen } = inject('engineRun')
const server = 'url' in servers.postgres ? servers.postgres.url : ''

/** Whether this run has a PostgreSQL server, and is to use it. */
export const hasPostgres = chosen.includes('postgres')

/** An empty database with our tables, and a store on a pool of 10 connections. */
export interface PostgresTest {
  readonly store: AuthStore
  readonly db: PostgresJsDatabase
  readonly client: Sql
  /** For another driver, or another process. */
  readonly url: string
  empty(): Promise<void>
  close(): Promise<void>
}

/** What the test file made; dropped when it is done. */
const made: string[] = []
/** Those that have our tables and are free. */
const migrated: string[] = []

afterAll(async () => {
  for (const name of made.splice(0)) await postgresServer.drop(server, name)
})

/** A new database without tables; gives its URL. */
export async function createDatabase(): Promise<string> {
  const name = newDatabaseName(runId, new Date())
  made.push(name)
  await postgresServer.run(server, `create database ${name} ${postgresServer.createOptions}`)
  if (postgresServer.hasten !== null) await postgresServer.run(server, postgresServer.hasten(name))
  // A time zone that is not even whole hours away.
  await postgresServer.run(server, `alter database ${name} set timezone = 'Asia/Kolkata'`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** An empty database with our tables: one that an earlier test gave back, or a new one. */
export async function openPostgres(
  options: Options<Record<string, never>> = {},
): Promise<PostgresTest> {
  const used = migrated.pop()
  const url = used ?? (await createDatabase())
  const client = postgres(url, { max: 10, onnotice: () => undefined, ...options })
  const db = drizzle(client)
  const { empty } = postgresTables(async (text) => client.unsafe(text))
  await (used === undefined ? migrate(db) : empty())
  const close = async (): Promise<void> => {
    await client.end()
    migrated.push(url)
  }
  return { store: drizzlePostgres(db), db, client, url, empty, close }
}
