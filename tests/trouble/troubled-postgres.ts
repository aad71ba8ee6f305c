import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool } from 'pg'
import { postgresServer } from '../engines/postgres-server.ts'
import { hasOwnPostgres, startOwnPostgres } from './own-postgres.ts'
import type { AppPool, OtherTransaction, TroubledServer } from './troubled-server.ts'

/** Through `pg`: `postgres` 3.4.9 ends the process where a connection is lost inside a transaction (its issue 1208). */
export const troubledPostgres: TroubledServer = {
  name: 'postgres',
  kind: postgresServer,
  hasPrograms: hasOwnPostgres,
  start: startOwnPostgres,
  connect,
  killAll: async (url) =>
    postgresServer.run(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    ),
  fill,
  begin,
  isWaiting: async (url) =>
    (await count(
      url,
      `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )) > 0,
  deadlocks: async (url) =>
    count(
      url,
      'select deadlocks::int as n from pg_stat_database where datname = current_database()',
    ),
}

async function connect(url: string, { max }: { readonly max: number }): Promise<AppPool> {
  // Whoever waits for a lock looks for a deadlock once, so long after the wait began, and is then the one that is undone.
  const options = '-c deadlock_timeout=500ms'
  const pool = new Pool({ connectionString: url, max, options, connectionTimeoutMillis: 5000 })
  // A lost connection is told to its client too; without a listener that would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = drizzle(pool)
  await migrate(db)
  return {
    store: drizzlePostgres(db),
    async holdAll() {
      const held = await Promise.all(Array.from({ length: max }, async () => pool.connect()))
      pool.options.connectionTimeoutMillis = 50
      return {
        release() {
          pool.options.connectionTimeoutMillis = 5000
          for (const client of held) client.release()
        },
      }
    },
    async setReadOnly(isReadOnly) {
      await pool.query(`set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
    },
    close: async () => pool.end(),
  }
}

async function fill(url: string): Promise<{ release(): Promise<void> }> {
  const clients: Client[] = []
  for (;;) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      clients.push(client)
    } catch {
      return {
        release: async () => void (await Promise.all(clients.map(async (each) => each.end()))),
      }
    }
  }
}

async function begin(url: string): Promise<OtherTransaction> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query("set deadlock_timeout = '1min'")
  await client.query('begin')
  return {
    run: async (statement) => void (await client.query(statement)),
    async commit() {
      await client.query('commit')
      await client.end()
    },
  }
}

async function count(url: string, query: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ n: number }>(query)
  await client.end()
  return rows[0]?.n ?? 0
}
