import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteRows } from './sqlite-rows.ts'
import { isRecordOfMigrations, legible } from './test-database.ts'
import type { Connect, Tables, TestDatabase } from './test-database.ts'

/** A new SQLite file of a test file's own, with what an adapter needs in it. */
export async function createSqliteFile(connect: Connect): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'mindmesh-sqlite-'))
  const path = join(folder, 'auth.db')
  const { openStore, close } = await connect(path)
  const client = new Database(path)
  return {
    ...sqliteTables(client),
    rows: async () => sqliteRows(drizzle(client)),
    place: path,
    openStore,
    async drop() {
      await close()
      client.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The tables of an open SQLite database. */
export function sqliteTables(client: Database.Database): Tables {
  client.pragma('foreign_keys = off')
  client.pragma('synchronous = off')
  const names = (): readonly string[] =>
    client
      .prepare<[], { name: string }>(
        `select name from sqlite_master where type = 'table' and name not like 'sqlite%'`,
      )
      .all()
      .map((row) => row.name)
  const empty = client.transaction(() => {
    for (const name of names())
      if (!isRecordOfMigrations(name)) client.exec(`delete from "${name}"`)
  })
  return {
    empty: async () => empty.immediate(),
    dump: async () => {
      const tables = names().map((name) =>
        legible(client.prepare<[], object>(`select * from "${name}"`).all()),
      )
      return `[${tables.join(',')}]`
    },
  }
}
