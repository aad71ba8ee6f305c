import type { Migrations } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { shippedMigrations } from '../shared/shipped-migrations.ts'
import { asSqliteDatabase, read, write, type AppDatabase, type SqliteDatabase } from './database.ts'

/** The shipped SQL: `packages/drizzle/migrations/sqlite`, seen from `src` and from `dist` alike. */
const FOLDER = new URL('../../migrations/sqlite', import.meta.url)

/**
 * Applies the shipped SQL that is not yet applied, in one transaction. Idempotent, and safe when several processes
 * start at once. Its record is a table of its own, so it never meets the app's migrations.
 */
export async function migrate(db: AppDatabase): Promise<void> {
  const files = shippedMigrations(FOLDER)
  await write(asSqliteDatabase(db), 'migrate', (tx) => {
    tx.run(
      sql`create table if not exists __mindmesh_auth_migrations (created_at integer primary key, hash text not null)`,
    )
    const last = lastApplied(tx)
    for (const file of files.filter((f) => f.folderMillis > last)) {
      for (const statement of file.sql) tx.run(sql.raw(statement))
      tx.run(
        sql`insert into __mindmesh_auth_migrations (created_at, hash) values (${file.folderMillis}, ${file.hash})`,
      )
    }
  })
}

/** The shipped SQL and what of it is applied. */
export function migrations(db: SqliteDatabase): Migrations {
  return {
    list: async () => {
      const last = await read('migrations.list', () => (isRecorded(db) ? lastApplied(db) : -1))
      return shippedMigrations(FOLDER).map(({ name, sql: statements, folderMillis }) => ({
        name,
        statements,
        isApplied: folderMillis <= last,
      }))
    },
    apply: async () => migrate(db),
  }
}

function isRecorded(db: SqliteDatabase): boolean {
  const query = sql`select 1 from sqlite_master where type = 'table' and name = '__mindmesh_auth_migrations'`
  return db.get(query) !== undefined
}

function lastApplied(tx: SqliteDatabase): number {
  const row = tx.get<{ last: number | null } | undefined>(
    sql`select max(created_at) as last from __mindmesh_auth_migrations`,
  )
  return row?.last ?? -1
}
