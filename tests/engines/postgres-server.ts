import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import type { ServerKind } from './server.ts'
import { isRecordOfMigrations, type Tables } from './test-database.ts'

/** PostgreSQL, asked through the driver `postgres`. */
export const postgresServer: ServerKind = {
  variable: 'MINDMESH_TEST_POSTGRES_URL',
  protocol: 'postgres',
  port: 5432,
  startDatabase: 'postgres',
  usualUsers: ['postgres', 'root'],
  // Orders and compares as people of a language do, where a column does not say otherwise.
  createOptions: `template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C'`,
  hasten: (name) => `alter database ${name} set synchronous_commit = off`,
  run: async (url, statement) => {
    await once(url, async (sql) => sql.unsafe(statement))
  },
  databases: async (url) =>
    once(url, async (sql) => {
      const rows = await sql<{ datname: string }[]>`select datname from pg_database`
      return rows.map((row) => row.datname)
    }),
  // A test that failed may have left a connection open: it must not keep the database.
  drop: async (url, name) =>
    postgresServer.run(url, `drop database if exists ${name} with (force)`),
  tables: async (url) => {
    const sql = open(url)
    const query: Query = async (text) => sql.unsafe(text)
    return {
      ...postgresTables(query),
      // Only now: the set-up of a run loads this file, too, and finds our packages only where they are built.
      rows: async () => (await import('./postgres-rows.ts')).postgresRows(drizzle(sql)),
      close: async () => sql.end(),
    }
  },
}

/** Runs one statement that the tests wrote themselves. */
export type Query = (text: string) => Promise<readonly object[]>

/** The tables of a PostgreSQL database, wherever it runs. */
export function postgresTables(query: Query): Tables {
  const names = async (): Promise<readonly string[]> => {
    const rows = await query(
      `select tablename as name from pg_tables where schemaname = current_schema() order by 1`,
    )
    return rows.flatMap((row) => ('name' in row ? [String(row.name)] : []))
  }
  return {
    async empty() {
      const chosen = (await names()).filter((name) => !isRecordOfMigrations(name))
      if (chosen.length === 0) return
      // One statement, so that foreign keys are looked at when all is gone. Twenty times faster than `truncate`.
      const steps = chosen.map((name, n) => `step${n} as (delete from "${name}")`)
      await query(`with ${steps.join(', ')} select 1`)
    },
    async dump() {
      const rows = []
      for (const name of await names()) {
        rows.push(...(await query(`select to_jsonb(t)::text as row from "${name}" t`)))
      }
      return JSON.stringify(rows)
    },
  }
}

function open(url: string): Sql {
  // A transaction that a test left open must not keep us for ever.
  const connection = { lock_timeout: 10_000 }
  return postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined, connection })
}

async function once<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = open(url)
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}
