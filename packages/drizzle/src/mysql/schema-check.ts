import { ConfigError, type ConfigProblem } from '@mindmesh/auth/ports'
import { and, getTableColumns, sql } from 'drizzle-orm'
import { getTableConfig, type MySqlTable } from 'drizzle-orm/mysql-core'
import { requiredKeys } from '../shared/required-keys.ts'
import { read, type MysqlDatabase } from './database.ts'
import { users as library } from './tables.ts'

interface CheckedTable {
  readonly table: MySqlTable
  readonly isTheApps: boolean
}

/** Compares the database with the tables. Throws one `ConfigError` that names every difference. */
export async function assertSchema(
  db: MysqlDatabase,
  tables: { readonly users: MySqlTable; readonly library: readonly MySqlTable[] },
): Promise<void> {
  const checked = [
    { table: tables.users, isTheApps: true },
    ...tables.library.map((table) => ({ table, isTheApps: false })),
  ]
  const problems = await read(db, 'assertSchema', async () => {
    const found = [await checkConnection(db)]
    for (const each of checked) found.push(await checkTable(db, each))
    return found.flat()
  })
  if (problems.length > 0) throw new ConfigError(problems)
}

const MEND = 'run `await migrate(db)`, or your own migration where the table is yours'

/** What would make the driver's escaping unsafe, texts come back changed, or reads old. */
async function checkConnection(db: MysqlDatabase): Promise<readonly ConfigProblem[]> {
  const [session] = await db.orm
    .select({
      sqlMode: sql<string>`@@session.sql_mode`,
      charset: sql<string>`@@session.character_set_client`,
      autocommit: sql`@@session.autocommit`.mapWith(Number),
    })
    .from(sql`dual`)
  const problems: ConfigProblem[] = []
  if (session?.sqlMode.includes('NO_BACKSLASH_ESCAPES') === true) {
    const message =
      'holds NO_BACKSLASH_ESCAPES, under which mysql2 escapes no text safely; take it out'
    problems.push({ field: 'sql_mode', message })
  }
  if (session?.charset !== 'utf8mb4') {
    const message = `is ${session?.charset} and must be utf8mb4; leave mysql2's option charset at its default`
    problems.push({ field: 'character_set_client', message })
  }
  if (session?.autocommit !== 1) {
    const message =
      'is off, so that a read shows what was there when the connection was opened; turn it on'
    problems.push({ field: 'autocommit', message })
  }
  return problems
}

async function checkTable(
  db: MysqlDatabase,
  checked: CheckedTable,
): Promise<readonly ConfigProblem[]> {
  const { table } = checked
  const { name } = getTableConfig(table)
  const engine = await findEngine(db, table)
  if (engine === null) return [{ field: name, message: `the table is missing; ${MEND}` }]
  if (engine.toLowerCase() !== 'innodb') {
    const message = `is kept by ${engine}, which knows no transactions; run \`alter table ${name} engine = InnoDB\``
    return [{ field: name, message }]
  }
  return [...(await checkColumns(db, checked)), ...(await checkIndexes(db, checked))]
}

/** Where a table is: in its own schema, or in the database of the connection. */
function isOf(table: MySqlTable) {
  const { name, schema } = getTableConfig(table)
  return and(sql`table_schema = coalesce(${schema ?? null}, database())`, sql`table_name = ${name}`)
}

async function findEngine(db: MysqlDatabase, table: MySqlTable): Promise<string | null> {
  const [found] = await db.orm
    .select({ engine: sql<string | null>`engine` })
    .from(sql`information_schema.tables`)
    .where(isOf(table))
  return found === undefined ? null : (found.engine ?? 'a view')
}

/** Every column of a table of ours; of the app's users table the library's. */
function isOurs({ table, isTheApps }: CheckedTable, name: string): boolean {
  if (!isTheApps) return true
  return Object.entries(getTableColumns(table)).some(
    ([property, column]) => column.name === name && property in getTableColumns(library),
  )
}

async function checkColumns(
  db: MysqlDatabase,
  checked: CheckedTable,
): Promise<readonly ConfigProblem[]> {
  const { table } = checked
  const live = await liveColumns(db, table)
  return Object.values(getTableColumns(table)).flatMap((column) => {
    const field = `${getTableConfig(table).name}.${column.name}`
    const found = live.get(column.name.toLowerCase())
    if (found === undefined) return [{ field, message: `the column is missing; ${MEND}` }]
    const mustBe = column.notNull ? `${column.getSQLType()} not null` : column.getSQLType()
    // How the server spells the type of a column of the app's own is not ours to know.
    if (found === mustBe || !isOurs(checked, column.name)) return []
    return [{ field, message: `is ${found} and must be ${mustBe}; ${MEND}` }]
  })
}

/** The columns that are there, by their names in lower case, each with its type as our tables spell it. */
async function liveColumns(
  db: MysqlDatabase,
  table: MySqlTable,
): Promise<ReadonlyMap<string, string>> {
  const columns = await db.orm
    .select({
      name: sql<string>`column_name`,
      type: sql<string>`column_type`,
      charset: sql<string | null>`character_set_name`,
      collation: sql<string | null>`collation_name`,
      isNullable: sql<string>`is_nullable`,
    })
    .from(sql`information_schema.columns`)
    .where(isOf(table))
  return new Map(
    columns.map(({ name, type, charset, collation, isNullable }) => {
      const text = charset === null ? '' : ` character set ${charset} collate ${collation}`
      // MariaDB shows a width for display, `int(11)`.
      const bare = type.toLowerCase().replace(/^(\w*int)\(\d+\)/, '$1')
      return [name.toLowerCase(), `${bare}${text}${isNullable === 'NO' ? ' not null' : ''}`]
    }),
  )
}

interface Index {
  readonly columns: string
  readonly isUnique: boolean
}

/**
 * Without its unique index a table would let two calls win where one must; without another index a statement would
 * lock every row that it passes.
 */
async function checkIndexes(
  db: MysqlDatabase,
  checked: CheckedTable,
): Promise<readonly ConfigProblem[]> {
  const config = getTableConfig(checked.table)
  const live = await liveIndexes(db, checked.table)
  const keys = requiredKeys(config)
    .filter((columns) => columns.every((column) => isOurs(checked, column)))
    .filter((columns) => !live.some((index) => index.isUnique && index.columns === columns.join()))
    .map((columns) => ({ columns, message: `must have a unique index; ${MEND}` }))
  const indexes = config.indexes
    .filter((index) => index.config.unique !== true)
    .map((index) => index.config.columns.map((column) => ('name' in column ? column.name : '')))
    .filter(
      (columns) => !live.some((index) => `${index.columns},`.startsWith(`${columns.join()},`)),
    )
    .map((columns) => ({ columns, message: `must have an index; ${MEND}` }))
  return [...keys, ...(checked.isTheApps ? [] : indexes)].map(({ columns, message }) => ({
    field: `${config.name}.${columns.join('+')}`,
    message,
  }))
}

/** The indexes that are there. One that holds only the first characters of a column does not count. */
async function liveIndexes(db: MysqlDatabase, table: MySqlTable): Promise<readonly Index[]> {
  const indexes = await db.orm
    .select({
      columns: sql<string>`group_concat(column_name order by seq_in_index)`,
      isUnique: sql`max(non_unique) = 0`.mapWith(Number),
      isWhole: sql`count(sub_part) = 0`.mapWith(Number),
    })
    .from(sql`information_schema.statistics`)
    .where(isOf(table))
    .groupBy(sql`index_name`)
  return indexes
    .filter((index) => index.isWhole === 1)
    .map(({ columns, isUnique }) => ({ columns, isUnique: isUnique === 1 }))
}
