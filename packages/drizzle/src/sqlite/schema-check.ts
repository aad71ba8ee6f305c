import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
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
  return columns.flatMap((column) => {
    const field = `${name}.${column.name}`
    const found = live.find((c) => c.name === column.name)
    const expected = column.getSQLType()
    if (found === undefined) return [{ field, message: `the column is missing; ${MEND}` }]
    if (found.type.toLowerCase() === expected.toLowerCase()) return []
    return [{ field, message: `is ${found.type} and must be ${expected}; ${MEND}` }]
  })
}
