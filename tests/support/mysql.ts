import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolOptions, type RowDataPacket } from 'mysql2/promise'
import { afterAll, inject } from 'vitest'
import { newDatabaseName } from '../engines/database-name.ts'
import { mysqlServer } from '../engines/mysql-server.ts'
import { isRecordOfMigrations } from '../engines/test-database.ts'

const { id: runId, servers, chosen } = inject('engineRun')
const server = 'url' in servers.mysql ? servers.mysql.url : ''

/** Whether this run has a MySQL or MariaDB server, and is to use it. */
export const hasMysql = chosen.includes('mysql')

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
  for (const name of made.splice(0)) await mysqlServer.drop(server, name)
})

/** A new database without tables; gives its URL. */
export async function createDatabase(): Promise<string> {
  const name = newDatabaseName(runId, new Date())
  made.push(name)
  // The worst default that an app may have: what is ours must say its own.
  const charset = 'character set latin1 collate latin1_swedish_ci'
  await mysqlServer.run(server, `create database ${name} ${charset}`)
  const url = new URL(server)
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
  const connection = await pool.getConnection()
  const [tables] = await connection.query<RowDataPacket[]>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  )
  await connection.beginTransaction()
  for (const { name } of tables.filter((table) => !isRecordOfMigrations(String(table['name'])))) {
    await connection.query(`delete from \`${name}\``)
  }
  await connection.commit()
  connection.release()
}
