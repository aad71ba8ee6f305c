import { randomBytes } from 'node:crypto'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolOptions, type RowDataPacket } from 'mysql2/promise'
import { afterAll } from 'vitest'

const SERVER = process.env['MINDMESH_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306'

/** An empty database with our tables, and a store on a pool of 10 connections. */
export interface MysqlTest {
  readonly store: AuthStore
  readonly db: MySql2Database
  readonly pool: Pool
  /** For another process. */
  readonly url: string
  close(): Promise<void>
}

/** What the test file made; dropped when it is done. */
const made: string[] = []
/** Those that have our tables and are free. */
const migrated: string[] = []

afterAll(async () => {
  await onServer(async (server) => {
    for (const name of made.splice(0)) await server.query(`drop database if exists ${name}`)
  })
})

/** A new database without tables; gives its URL. */
export async function createDatabase(): Promise<string> {
  const name = `mindmesh_test_mysql_${randomBytes(6).toString('hex')}`
  made.push(name)
  // The worst default that an app may have: what is ours must say its own.
  await onServer(async (server) =>
    server.query(`create database ${name} character set latin1 collate latin1_swedish_ci`),
  )
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return url.href
}

/** How an app may have set up its connections. */
export interface MysqlTestOptions {
  readonly pool?: PoolOptions
  /** What each connection is told first. */
  readonly session?: readonly string[]
}

/** An empty database with our tables: one that an earlier test gave back, or a new one. */
export async function openMysql(options: MysqlTestOptions = {}): Promise<MysqlTest> {
  const used = migrated.pop()
  const url = used ?? (await createDatabase())
  const pool = createPool({ uri: url, connectionLimit: 10, ...options.pool })
  pool.on('connection', (connection) => {
    for (const statement of options.session ?? []) void connection.query(statement)
  })
  const db = drizzle(pool)
  await (used === undefined ? migrate(db) : emptyTables(pool))
  const close = async (): Promise<void> => {
    await pool.end()
    migrated.push(url)
  }
  return { store: drizzleMysql(db), db, pool, url, close }
}

/** Deletes every row but those that record what was migrated. */
export async function emptyTables(pool: Pool): Promise<void> {
  const [tables] = await pool.query<RowDataPacket[]>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  )
  for (const { name } of tables.filter((table) => !String(table['name']).startsWith('__'))) {
    await pool.query(`delete from \`${name}\``)
  }
}

async function onServer<Result>(work: (server: Pool) => Promise<Result>): Promise<Result> {
  const server = createPool({ uri: SERVER, connectionLimit: 1 })
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}
