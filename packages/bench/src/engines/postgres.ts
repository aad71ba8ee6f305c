import { randomBytes } from 'node:crypto'
import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { NodePostgresAdapter } from '@lucia-auth/adapter-postgresql'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool } from 'pg'
import type { BareUser, BenchDatabase, BenchEngine } from './bench-engine.ts'

/** Connections of each pool: enough for sixteen callers, and the default of `pg`. */
const POOL_SIZE = 10

/** PostgreSQL at `MINDMESH_BENCH_POSTGRES_URL`, else on the usual port of this machine, through `pg`. */
export const postgres: BenchEngine = {
  name: 'postgres',
  open: async () => (await createPostgres()).database,
}

/** A new database, and where other processes reach it. */
export async function createPostgres(): Promise<{
  readonly database: BenchDatabase
  readonly url: string
}> {
  const server =
    process.env['MINDMESH_BENCH_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1/postgres'
  const name = `mindmesh_bench_${randomBytes(4).toString('hex')}`
  await once(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new Pool({ connectionString: url.href, max: POOL_SIZE })
  // A connection that the server ends while the database is dropped is told to the pool.
  pool.on('error', () => undefined)
  const db = drizzle(pool)
  await migrate(db)
  await pool.query(LUCIA_TABLES)
  const database = {
    adapter: drizzlePostgres(db, { preparedStatements: true }),
    ...bareQueries(pool),
    execute: async (text: string) => (await pool.query<Record<string, unknown>>(text)).rows,
    betterAuth: pool,
    lucia: new NodePostgresAdapter(pool, { user: 'lucia_user', session: 'lucia_session' }),
    async close() {
      await pool.end()
      await once(server, `drop database ${name} with (force)`)
    },
  }
  return { database, url: url.href }
}

const LUCIA_TABLES = `
  create table lucia_user (id text primary key, email text not null unique);
  create table lucia_session (id text primary key, expires_at timestamptz not null,
    user_id text not null references lucia_user (id));
  create index lucia_session_user_id on lucia_session (user_id);`

async function once(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

function bareQueries(
  pool: Pool,
): Pick<BenchDatabase, 'findSession' | 'touchSession' | 'insertUser'> {
  const text =
    'select s.*, u.* from auth_sessions s join users u on u.id = s.user_id where s.id = $1'
  const touch = 'update auth_sessions set last_used_at = now() where id = $1'
  return {
    findSession: async (sessionId) => pool.query({ name: 'bare', text, values: [sessionId] }),
    touchSession: async (sessionId) =>
      pool.query({ name: 'touch', text: touch, values: [sessionId] }),
    insertUser: async (row) => insertUser(pool, row),
  }
}

async function insertUser(pool: Pool, row: BareUser): Promise<void> {
  const client = await pool.connect()
  await client.query('begin')
  await client.query({
    name: 'user',
    text: `insert into users (id, email, display_email, password_hash, created_at, updated_at)
           values ($1, $2, $2, $3, $4, $4)`,
    values: [row.id, row.email, row.passwordHash, row.at],
  })
  await client.query({
    name: 'event',
    text: `insert into auth_events (id, type, user_id, metadata, created_at)
           values ($1, 'USER_REGISTERED', $2, '{}', $3)`,
    values: [row.eventId, row.id, row.at],
  })
  await client.query('commit')
  client.release()
}
