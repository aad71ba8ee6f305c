import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createConnection, createPool, type Connection, type RowDataPacket } from 'mysql2/promise'
import { mysqlServer } from '../engines/mysql-server.ts'
import { hasOwnMysql, startOwnMysql } from './own-mysql.ts'
import type { AppPool, OtherTransaction, TroubledServer } from './troubled-server.ts'

export const troubledMysql: TroubledServer = {
  name: 'mysql',
  kind: mysqlServer,
  hasPrograms: hasOwnMysql,
  start: startOwnMysql,
  connect,
  async killAll(url) {
    const threads = await ask(
      url,
      'select id from information_schema.processlist where db = database() and id <> connection_id()',
    )
    // One that has ended by itself meanwhile is no longer there to be killed.
    for (const { id } of threads) await mysqlServer.run(url, `kill ${id}`).catch(() => undefined)
  },
  fill,
  begin,
  isWaiting: async (url) =>
    (await ask(url, `select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`))
      .length > 0,
  async deadlocks(url) {
    const [row] = await ask(url, `show global status like 'Innodb_deadlocks'`)
    return Number(row?.['Value'])
  },
}

async function connect(url: string, { max }: { readonly max: number }): Promise<AppPool> {
  await makeAppUser(url)
  const pool = createPool({ uri: asApp(url), connectionLimit: max })
  const db = drizzle(pool)
  await migrate(db)
  return {
    store: drizzleMysql(db),
    async holdAll() {
      const held = await Promise.all(Array.from({ length: max }, async () => pool.getConnection()))
      pool.pool.config.waitForConnections = false
      return {
        release() {
          pool.pool.config.waitForConnections = true
          for (const connection of held) connection.release()
        },
      }
    },
    setReadOnly: async (isReadOnly) =>
      mysqlServer.run(url, `set global read_only = ${isReadOnly ? 1 : 0}`),
    close: async () => pool.end(),
  }
}

function asApp(url: string): string {
  const own = new URL(url)
  own.username = 'app'
  return own.href
}

/** Whoever may do anything may also write to a server that is read-only. */
async function makeAppUser(url: string): Promise<void> {
  await mysqlServer.run(url, 'create user if not exists app')
  await mysqlServer.run(
    url,
    'grant select, insert, update, delete, create, drop, alter, index, references on *.* to app',
  )
}

async function fill(url: string): Promise<{ release(): Promise<void> }> {
  const connections: Connection[] = []
  for (;;) {
    try {
      connections.push(await createConnection({ uri: asApp(url) }))
    } catch {
      return {
        release: async () => void (await Promise.all(connections.map(async (each) => each.end()))),
      }
    }
  }
}

async function begin(url: string): Promise<OtherTransaction> {
  const connection = await createConnection({ uri: url })
  await connection.beginTransaction()
  // Of two transactions that deadlock the server undoes the one that has written less.
  const rows = Array.from({ length: 50 }, (_, n) => `('other ${n}', 1, '2026-01-01')`)
  await connection.query(
    `insert into auth_rate_limits (\`key\`, hits, resets_at) values ${rows.join()}`,
  )
  return {
    run: async (statement) => void (await connection.query(statement)),
    async commit() {
      await connection.commit()
      await connection.end()
    },
  }
}

async function ask(url: string, query: string): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection({ uri: url })
  const [rows] = await connection.query<RowDataPacket[]>(query)
  await connection.end()
  return rows
}
