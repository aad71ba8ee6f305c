import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import { sql, type SQL } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { requiredKeys } from '../shared/required-keys.ts'
import { read, type PostgresDatabase } from './database.ts'

/** Compares the database, as its search path shows it, with the tables. Throws one `ConfigError` that names every difference. */
export async function assertSchema(
  db: PostgresDatabase,
  tables: readonly PgTable[],
): Promise<void> {
  const problems: ConfigProblem[] = []
  for (const table of tables) problems.push(...(await compare(db, table)))
  if (problems.length > 0) throw new ConfigError(problems)
}

const MEND = 'run `await migrate(db)`, or your own migration where the table is yours'

async function compare(db: PostgresDatabase, table: PgTable): Promise<readonly ConfigProblem[]> {
  const config = getTableConfig(table)
  const relation = relationOf(config)
  const live = await liveColumns(db, relation)
  if (live.length === 0) {
    return [{ field: config.name, message: `the table is missing; ${MEND}` }]
  }
  const wrongColumns = config.columns.flatMap((column) => {
    const field = `${config.name}.${column.name}`
    const found = live.find((each) => each.name === column.name)
    const expected = typeName(column.getSQLType())
    if (found === undefined) return [{ field, message: `the column is missing; ${MEND}` }]
    if (found.type === expected || !COMPARED.has(expected)) return []
    return [{ field, message: `is ${found.type} and must be ${expected}; ${MEND}` }]
  })
  const keys = await liveKeys(db, relation)
  const missingKeys = requiredKeys(config)
    .filter((columns) => !keys.has(columns.toSorted().join()))
    .map((columns) => ({
      field: `${config.name}.${columns.join('+')}`,
      message: `must have a unique index; ${MEND}`,
    }))
  return [...wrongColumns, ...missingKeys]
}

/** The library's types. The app's own columns may have others, which drizzle and PostgreSQL do not all name alike. */
const COMPARED = new Set(['text', 'integer', 'jsonb', 'timestamp(3) with time zone'])

/** A type as PostgreSQL names it, without the collation. */
function typeName(sqlType: string): string {
  return sqlType.replace(' (', '(').replace(/ collate .*$/, '')
}

function relationOf({ schema, name }: { readonly schema: string | undefined; name: string }): SQL {
  const path = schema === undefined ? [name] : [schema, name]
  return sql`to_regclass(${path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.')})`
}

async function liveColumns(
  db: PostgresDatabase,
  relation: SQL,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  return read('assertSchema', () =>
    db
      .select({
        name: sql<string>`attname`,
        type: sql<string>`format_type(atttypid, atttypmod)`,
      })
      .from(sql`pg_attribute`)
      .where(sql`attrelid = ${relation} and attnum > 0 and not attisdropped`),
  )
}

/** The columns, sorted, of each unique index that can decide who wins: at once, and for every row. */
async function liveKeys(db: PostgresDatabase, relation: SQL): Promise<ReadonlySet<string>> {
  const rows = await read('assertSchema', () =>
    db
      .select({ columns: sql<string>`string_agg(attname, ',' order by attname collate "C")` })
      .from(
        sql`pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey[0:indnkeyatts - 1])`,
      )
      .where(
        sql`indrelid = ${relation} and indisunique and indisvalid and indimmediate
          and indpred is null and indexprs is null`,
      )
      .groupBy(sql`indexrelid`),
  )
  return new Set(rows.map((row) => row.columns))
}
