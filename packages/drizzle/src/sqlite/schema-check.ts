import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { requiredKeys } from '../shared/required-keys.ts'
import { read, type SqliteDatabase } from './database.ts'

interface LiveColumn {
  readonly name: string
  readonly type: string
}

/** Compares the database with the tables. Throws one `ConfigError` that names every difference. */
export async function assertSchema(
  db: SqliteDatabase,
  tables: readonly SQLiteTable[],
): Promise<void> {
  const problems = await read('assertSchema', () => tables.flatMap((table) => compare(db, table)))
  if (problems.length > 0) throw new ConfigError(problems)
}

const MEND = 'run `await migrate(db)`, or your own migration where the table is yours'

function compare(db: SqliteDatabase, table: SQLiteTable): readonly ConfigProblem[] {
  const { name, columns } = getTableConfig(table)
  const live = db.all<LiveColumn>(sql`select name, type from pragma_table_info(${name})`)
  if (live.length === 0) return [{ field: name, message: `the table is missing; ${MEND}` }]
  const wrongColumns = columns.flatMap((column) => {
    const field = `${name}.${column.name}`
    const found = live.find((c) => c.name === column.name)
    const expected = column.getSQLType()
    if (found === undefined) return [{ field, message: `the column is missing; ${MEND}` }]
    if (found.type.toLowerCase() === expected.toLowerCase()) return []
    return [{ field, message: `is ${found.type} and must be ${expected}; ${MEND}` }]
  })
  return [...wrongColumns, ...missingKeys(db, table)]
}

/** Without its unique index a table would let two calls win where one must. */
function missingKeys(db: SqliteDatabase, table: SQLiteTable): readonly ConfigProblem[] {
  const config = getTableConfig(table)
  const live = db.all<{ columns: string }>(sql`
    select (select group_concat(name) from (select name from pragma_index_info(l.name) order by seqno)) as columns
    from pragma_index_list(${config.name}) as l where l."unique" = 1 and l.partial = 0`)
  return requiredKeys(config)
    .filter((columns) => !live.some((index) => index.columns === columns.join()))
    .map((columns) => ({
      field: `${config.name}.${columns.join('+')}`,
      message: `must have a unique index; ${MEND}`,
    }))
}
