import type { AuthStore } from '@mindmesh/auth/ports'
import type { TableReader } from './stored-rows.ts'

/** All tables of one database, whatever they are called. */
export interface Tables {
  /** Deletes every row. The tables stay, and so does the record of applied migrations. */
  empty(): Promise<void>
  /** Every row of every table as JSON: what a thief of the database would read. */
  dump(): Promise<string>
}

/** A database that one test file has to itself. */
export interface TestDatabase extends Tables, TableReader {
  /** The URL or path with which another process opens it; `null` where one process alone can have it. */
  readonly place: string | null
  openStore(): AuthStore
  /** Closes every connection and removes the data. */
  drop(): Promise<void>
}

/** What an adapter makes of the address of a database that has nothing in it yet. */
export interface Connection {
  openStore(): AuthStore
  close(): Promise<void>
}

/** Opens the driver, creates our tables. */
export type Connect = (place: string) => Promise<Connection>

/** Reads bytes as text, so that a dump shows what is in them. */
export function legible(rows: readonly object[]): string {
  const text = (value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])),
    ),
  )
}

/** Whether a table keeps what was migrated and so must not be emptied. */
export function isRecordOfMigrations(table: string): boolean {
  return table.endsWith('_migrations')
}
