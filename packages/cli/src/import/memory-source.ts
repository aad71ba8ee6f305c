import type { Row, Source } from './source.ts'

/** Tables that a dump was read from. */
export function memorySource(tables: ReadonlyMap<string, readonly Row[]>): Source {
  const rowsOf = (table: string): readonly Row[] => tables.get(table) ?? []
  const indexes = new Map<string, ReadonlyMap<unknown, readonly number[]>>()
  const indexOf = (table: string, column: string): ReadonlyMap<unknown, readonly number[]> => {
    const name = JSON.stringify([table, column])
    const index = indexes.get(name) ?? positions(rowsOf(table), column)
    indexes.set(name, index)
    return index
  }
  return {
    columns: async (table) => {
      const rows = tables.get(table)
      return rows === undefined ? null : [...new Set(rows.flatMap((row) => Object.keys(row)))]
    },
    count: async (table) => rowsOf(table).length,
    async *pages(table, { limit }) {
      // By position: in a dump an id may be missing, or be there twice.
      const rows = rowsOf(table)
      for (let start = 0; start < rows.length; start += limit) {
        yield rows.slice(start, start + limit)
      }
    },
    where: async (table, column, values) => {
      const rows = rowsOf(table)
      const index = indexOf(table, column)
      const found = values.flatMap((value) => index.get(value) ?? [])
      return found.map((position) => rows[position]).filter((row) => row !== undefined)
    },
    close: async () => undefined,
  }
}

/** Where the rows of each value are. */
function positions(rows: readonly Row[], column: string): ReadonlyMap<unknown, readonly number[]> {
  const found = new Map<unknown, number[]>()
  for (const [position, row] of rows.entries()) {
    const value = row[column]
    const list = found.get(value)
    if (list === undefined) found.set(value, [position])
    else list.push(position)
  }
  return found
}
