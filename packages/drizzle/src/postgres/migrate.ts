import type { Migrations } from '@mindmesh/auth/ports'
import { max, sql } from 'drizzle-orm'
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { shippedMigrations } from '../shared/shipped-migrations.ts'
import { primaryOf, read, write, type AppDatabase, type PostgresDatabase } from './database.ts'

/** The shipped SQL: `packages/drizzle/migrations/postgres`, seen from `src` and from `dist` alike. */
const FOLDER = new URL('../../migrations/postgres', import.meta.url)

const applied = pgTable('__mindmesh_auth_migrations', {
  createdAt: bigint('created_at', { mode: 'number' }).primaryKey(),
  hash: text('hash').notNull(),
})

/** Whoever migrates holds this lock of the database until its transaction ends. The number stands for the library. */
const LOCK = 7_236_837_550_125_641

/**
 * Applies the shipped SQL that is not yet applied, in one transaction. Idempotent, and safe when several processes
 * start at once. The tables are made in the current schema (the first of the search path), and so is its record, a
 * table of its own that never meets the app's migrations.
 */
export async function migrate(db: AppDatabase): Promise<void> {
  const files = shippedMigrations(FOLDER)
  await write(primaryOf(db), 'migrate', async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK}::bigint)`)
    await tx.execute(
      sql`create table if not exists ${applied} (created_at bigint primary key, hash text not null)`,
    )
    const last = await lastApplied(tx)
    for (const { folderMillis, hash, sql: statements } of files) {
      if (folderMillis <= last) continue
      for (const statement of statements) await tx.execute(sql.raw(statement))
      await tx.insert(applied).values({ createdAt: folderMillis, hash })
    }
  })
}

/** The shipped SQL and what of it is applied. */
export function migrations(db: PostgresDatabase): Migrations {
  return {
    list: async () => {
      const last = (await isRecorded(db)) ? await lastApplied(db) : -1
      return shippedMigrations(FOLDER).map(({ name, sql: statements, folderMillis }) => ({
        name,
        statements,
        isApplied: folderMillis <= last,
      }))
    },
    apply: async () => migrate(db),
  }
}

async function isRecorded(db: PostgresDatabase): Promise<boolean> {
  const found = sql<boolean>`to_regclass('__mindmesh_auth_migrations') is not null`
  const rows = await read('migrations.list', () =>
    db.select({ found }).from(sql`(select 1) as one`),
  )
  return rows[0]?.found === true
}

async function lastApplied(tx: PostgresDatabase): Promise<number> {
  const [row] = await tx
    .select({ last: max(applied.createdAt) })
    .from(applied)
    .$withCache(false)
  return row?.last ?? -1
}
