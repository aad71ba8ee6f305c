import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'

/** One file of the shipped SQL, with its name. */
export interface ShippedMigration extends MigrationMeta {
  readonly name: string
}

/** The shipped SQL of a folder, in the order in which it is applied. */
export function shippedMigrations(folder: URL): readonly ShippedMigration[] {
  const names = namesIn(new URL(`${folder.href}/meta/_journal.json`))
  return readMigrationFiles({ migrationsFolder: fileURLToPath(folder) }).map((file) => ({
    ...file,
    name: names.get(file.folderMillis) ?? String(file.folderMillis),
  }))
}

/** drizzle-kit's journal tells a file's name by the moment when it was made. */
function namesIn(journal: URL): ReadonlyMap<number, string> {
  const {
    entries,
  }: { readonly entries: readonly { readonly when: number; readonly tag: string }[] } = JSON.parse(
    readFileSync(journal, 'utf8'),
  )
  return new Map(entries.map(({ when, tag }) => [when, tag]))
}
