import type { Context } from '../context.ts'
import { ConfigError } from '../errors.ts'
import type { Migration, Migrations } from '../ports/store.ts'

/** The steps that the adapter ships, applied or not; `null` where another tool changes the tables. */
export async function listMigrations(context: Context): Promise<readonly Migration[] | null> {
  return (await context.store.migrations?.list()) ?? null
}

/** Applies what is not yet applied and gives it. Throws a `ConfigError` where another tool changes the tables. */
export async function applyMigrations(context: Context): Promise<readonly Migration[]> {
  const migrations = shipped(context)
  const pending = (await migrations.list()).filter((migration) => !migration.isApplied)
  if (pending.length > 0) await migrations.apply()
  return pending.map((migration) => ({ ...migration, isApplied: true }))
}

function shipped(context: Context): Migrations {
  const { migrations } = context.store
  if (migrations !== undefined) return migrations
  const message = 'ships no migrations: its tables are changed with the tool of the ORM'
  throw new ConfigError([{ field: 'adapter', message }])
}
