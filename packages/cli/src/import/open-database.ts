import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError, usageError } from '../exit.ts'
import type { Row } from './source.ts'
import type { SqlAccess } from './sql-source.ts'

/** Opens the database of another system with the app's own driver, to be read only. */
export async function openDatabase(address: string): Promise<SqlAccess> {
  if (/^postgres(?:ql)?:/.test(address)) return openPostgres(address)
  if (/^(?:mysql|mariadb):/.test(address)) return openMysql(address)
  const path = address.replace(/^(?:sqlite|file):(?:\/\/)?/, '')
  // Not repeated: a password may stand in it.
  if (/^\w+:\/\//.test(path)) {
    throw usageError('--from takes postgres://…, mysql://…, an SQLite file or a dump.')
  }
  return openSqlite(path)
}

interface SqliteClient {
  prepare(text: string): { all(...values: unknown[]): Row[] }
  close(): void
}

async function openSqlite(path: string): Promise<SqlAccess> {
  if (!existsSync(resolve(path))) throw usageError(`There is no file ${path}.`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what better-sqlite3 documents
  const { default: Database } = (await driver('better-sqlite3')) as {
    readonly default: new (path: string, options: object) => SqliteClient
  }
  const client = new Database(resolve(path), { readonly: true })
  return {
    dialect: 'sqlite',
    query: async (text, values) => client.prepare(text).all(...values),
    close: async () => client.close(),
  }
}

interface PostgresClient {
  unsafe(text: string, values: readonly unknown[]): Promise<Row[]>
  end(): Promise<void>
}

async function openPostgres(url: string): Promise<SqlAccess> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what postgres documents
  const { default: postgres } = (await driver('postgres')) as {
    readonly default: (url: string, options: object) => PostgresClient
  }
  const connection = { default_transaction_read_only: true }
  // Of a time without a zone the driver would make one of this machine's zone.
  const types = { timestamp: { to: 1114, from: [1114], parse: (text: string): string => text } }
  const client = postgres(url, { max: 1, onnotice: () => undefined, connection, types })
  return {
    dialect: 'postgres',
    query: async (text, values) => client.unsafe(text, values),
    close: async () => client.end(),
  }
}

interface MysqlClient {
  query(text: string, values?: readonly unknown[]): Promise<[Row[], unknown]>
  end(): Promise<void>
}

async function openMysql(url: string): Promise<SqlAccess> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what mysql2 documents
  const { createConnection } = (await driver('mysql2/promise')) as {
    readonly createConnection: (options: object) => Promise<MysqlClient>
  }
  const uri = url.replace(/^mariadb:/, 'mysql:')
  const client = await createConnection({ uri, timezone: 'Z', supportBigNumbers: true })
  await client.query('set session transaction read only')
  return {
    dialect: 'mysql',
    query: async (text, values) => (await client.query(text, values))[0],
    close: async () => client.end(),
  }
}

/** A driver as the app has it installed. */
async function driver(name: string): Promise<unknown> {
  let path: string
  try {
    path = createRequire(resolve('mindmesh.config.js')).resolve(name)
  } catch {
    const message = `The driver is not installed here. First: npm install ${name.split('/')[0]}`
    throw new CommandError('no_driver', message)
  }
  return import(pathToFileURL(path).href)
}
