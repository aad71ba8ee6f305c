import { drizzle } from 'drizzle-orm/mysql2'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import type { ServerKind } from './server.ts'
import { isRecordOfMigrations, legible } from './test-database.ts'

/** MariaDB or MySQL, asked through mysql2. */
export const mysqlServer: ServerKind = {
  variable: 'MINDMESH_TEST_MYSQL_URL',
  protocol: 'mysql',
  port: 3306,
  startDatabase: '',
  usualUsers: ['root'],
  // Takes letters that differ in case or accent for the same, where a column does not say otherwise.
  createOptions: 'character set utf8mb4 collate utf8mb4_general_ci',
  // A setting of the whole server, which may be somebody's own.
  hasten: null,
  run: async (url, statement) => {
    await once(url, async (connection) => connection.query(statement))
  },
  databases: async (url) =>
    once(url, async (connection) =>
      select(connection, 'select schema_name as name from information_schema.schemata'),
    ),
  drop: async (url, name) => mysqlServer.run(url, `drop database if exists ${name}`),
  tables: async (url) => {
    const connection = await open(url)
    await connection.query('set foreign_key_checks = 0')
    return {
      empty: async () => empty(connection),
      dump: async () => dump(connection),
      // Only now: the set-up of a run loads this file, too, and finds our packages only where they are built.
      rows: async () => (await import('./mysql-rows.ts')).mysqlRows(drizzle(connection)),
      close: async () => connection.end(),
    }
  },
}

async function tableNames(connection: Connection): Promise<readonly string[]> {
  return select(
    connection,
    `select table_name as name from information_schema.tables where table_schema = database()`,
  )
}

/** `delete` in one transaction: ten times faster than a `truncate` for each table. */
async function empty(connection: Connection): Promise<void> {
  await connection.beginTransaction()
  for (const name of await tableNames(connection)) {
    if (!isRecordOfMigrations(name)) await connection.query(`delete from \`${name}\``)
  }
  await connection.commit()
}

async function dump(connection: Connection): Promise<string> {
  const parts = []
  for (const name of await tableNames(connection)) {
    const [rows] = await connection.query<RowDataPacket[]>(`select * from \`${name}\``)
    parts.push(legible(rows))
  }
  return `[${parts.join(',')}]`
}

/** The column `name` of each row. */
async function select(connection: Connection, statement: string): Promise<readonly string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(statement)
  return rows.map((row) => String(row['name']))
}

async function open(url: string): Promise<Connection> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  // A transaction that a test left open must not keep us for long.
  await connection.query('set lock_wait_timeout = 10, innodb_lock_wait_timeout = 10')
  return connection
}

async function once<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await open(url)
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}
