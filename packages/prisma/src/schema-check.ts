import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import type { Queries } from './client.ts'
import { read, type PrismaDatabase } from './database.ts'
import { liveTable, type LiveIndex, type LiveTable } from './live-tables.ts'
import { settingsProblems } from './settings-check.ts'
import { tables, typesOf, type Table } from './tables.ts'

/** Compares the database with what the store needs, and looks at the connection. Throws one `ConfigError` that names every difference. */
export async function assertSchema(db: PrismaDatabase): Promise<void> {
  const problems = await read(db, 'assertSchema', async (queries) => {
    const found = [...(await settingsProblems(db.provider, queries))]
    for (const table of tables) found.push(...(await checkTable(db, queries, table)))
    return found
  })
  if (problems.length > 0) throw new ConfigError(problems)
}

const MEND =
  'apply the SQL of @mindmesh/auth-prisma/migrations, or mend the table where it is yours'

async function checkTable(
  db: PrismaDatabase,
  queries: Queries,
  table: Table,
): Promise<readonly ConfigProblem[]> {
  const model = db.description.model(table.model)
  const missing = Object.keys(table.columns).filter((field) => !model.columns.has(field))
  if (missing.length > 0) {
    const message = 'is not a field of the model; take it from the schema and run `prisma generate`'
    return missing.map((field) => ({ field: `${table.model}.${field}`, message }))
  }
  const place = { schema: model.schema ?? db.schema, table: model.table }
  const live = await liveTable(db, queries, place)
  if (live.columns.length === 0) {
    return [{ field: model.table, message: `the table is missing; ${MEND}` }]
  }
  const nameOf = (field: string): string => model.columns.get(field) ?? field
  const named = { name: model.table, nameOf }
  return [...checkColumns(db, table, live, named), ...checkIndexes(db, table, live.indexes, named)]
}

/** How the app's schema calls a table and its columns. */
interface Named {
  readonly name: string
  readonly nameOf: (field: string) => string
}

function checkColumns(
  { provider }: PrismaDatabase,
  table: Table,
  live: LiveTable,
  { name, nameOf }: Named,
): readonly ConfigProblem[] {
  return Object.entries(table.columns).flatMap(([field, column]) => {
    const place = `${name}.${nameOf(field)}`
    const found = live.columns.find((each) => each.name === nameOf(field))
    if (found === undefined) return [{ field: place, message: `the column is missing; ${MEND}` }]
    const types = typesOf(provider, column)
    if (!types.includes(found.type)) {
      return [{ field: place, message: `is ${found.type} and must be ${types[0]}; ${MEND}` }]
    }
    if (column.isNullable && !found.isNullable) {
      return [{ field: place, message: `is not null and must take null; ${MEND}` }]
    }
    return []
  })
}

/** Without its unique key a table would let two calls win where one must. */
function checkIndexes(
  { provider }: PrismaDatabase,
  table: Table,
  live: readonly LiveIndex[],
  { name, nameOf }: Named,
): readonly ConfigProblem[] {
  const namesOf = (fields: readonly string[]): readonly string[] => fields.map(nameOf)
  const keys = table.keys
    .map(namesOf)
    .filter((wanted) => !live.some((index) => index.isUnique && isSame(index.columns, wanted)))
    .map((wanted) => ({ wanted, message: `must have a unique index; ${MEND}` }))
  // Elsewhere a missing index only costs time.
  const indexes = (provider === 'mysql' ? table.indexes : [])
    .map(namesOf)
    .filter((wanted) => !live.some((index) => `${index.columns},`.startsWith(`${wanted.join()},`)))
    .map((wanted) => ({ wanted, message: `must have an index; ${MEND}` }))
  return [...keys, ...indexes].map(({ wanted, message }) => ({
    field: `${name}.${wanted.join('+')}`,
    message,
  }))
}

/** Whether an index has these columns, in whatever order. */
function isSame(columns: string, wanted: readonly string[]): boolean {
  return columns.split(',').toSorted().join() === wanted.toSorted().join()
}
