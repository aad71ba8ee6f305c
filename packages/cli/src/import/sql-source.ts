import { CommandError } from '../exit.ts'
import type { Row, Source } from './source.ts'

/** How a database is asked. */
export interface SqlAccess {
  readonly dialect: 'sqlite' | 'postgres' | 'mysql'
  readonly query: (text: string, values: readonly unknown[]) => Promise<readonly Row[]>
  readonly close: () => Promise<void>
}

/** So many values go into one statement. */
const MAX_VALUES = 500

/** Tables of another system in its own database, which is only read. */
export function sqlSource({ dialect, query, close }: SqlAccess): Source {
  const mark = (n: number): string => (dialect === 'postgres' ? `$${n}` : '?')
  const name = (text: string): string => {
    const quote = dialect === 'mysql' ? '`' : '"'
    return text
      .split('.')
      .map((part) => `${quote}${part.replaceAll(quote, quote + quote)}${quote}`)
      .join('.')
  }
  return {
    columns: async (table) => {
      const rows = await columnsOf({ dialect, query, close }, table)
      return rows.length === 0 ? null : rows
    },
    count: async (table) => {
      const [row] = await query(`select count(*) as rows_of_it from ${name(table)}`, [])
      return Number(row?.['rows_of_it'] ?? 0)
    },
    async *pages(table, { key, limit }) {
      const select = (where: string) =>
        `select * from ${name(table)} ${where}order by ${name(key)} limit ${limit}`
      let rows = await query(select(''), [])
      for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
        yield rows
        const after = last[key] ?? null
        if (after === null) {
          throw new CommandError(
            'no_id',
            `${table} has people without ${key}: mend that there first.`,
          )
        }
        rows = await query(select(`where ${name(key)} > ${mark(1)} `), [after])
      }
    },
    where: async (table, column, values) => {
      const rows: Row[] = []
      for (let start = 0; start < values.length; start += MAX_VALUES) {
        const some = values.slice(start, start + MAX_VALUES)
        const marks = some.map((_, n) => mark(n + 1)).join(', ')
        const text = `select * from ${name(table)} where ${name(column)} in (${marks})`
        rows.push(...(await query(text, some)))
      }
      return rows
    },
    close,
  }
}

async function columnsOf({ dialect, query }: SqlAccess, table: string): Promise<readonly string[]> {
  const [bare = table, schema] = table.split('.').toReversed()
  if (dialect === 'sqlite') {
    // A schema there is another file; the pragma would look into this one all the same.
    if (schema !== undefined) return []
    const rows = await query('select name as name_of_it from pragma_table_info(?)', [bare])
    return rows.map((row) => String(row['name_of_it']))
  }
  const [first, second] = dialect === 'postgres' ? ['$1', '$2'] : ['?', '?']
  const current = dialect === 'postgres' ? 'current_schema()' : 'database()'
  const text = `select column_name as name_of_it from information_schema.columns
    where table_name = ${first} and table_schema = ${schema === undefined ? current : second}`
  const rows = await query(text, schema === undefined ? [bare] : [bare, schema])
  return rows.map((row) => String(row['name_of_it']))
}
