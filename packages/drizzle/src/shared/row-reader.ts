import { Column, type GetColumnData } from 'drizzle-orm'

type Columns = Readonly<Record<string, Column>>
type RowOf<Part extends Columns> = { [Key in keyof Part]: GetColumnData<Part[Key]> }

/** One value of a row: where it stands, under which name it is given, and what makes it from what the driver gave. */
interface Place {
  readonly at: number
  readonly key: string
  /** `null` where the driver's value is the value. */
  readonly column: Column | null
}

/**
 * Reads the columns of one table out of a row that the driver gave as a list, from `start` on. It does what drizzle
 * does for each row of a join, with everything that is the same for all rows worked out beforehand: it takes a third
 * of the time, on the one query that every request of an app makes.
 */
export function rowReader<Part extends Columns>(
  columns: Part,
  start: number,
): (row: readonly unknown[]) => RowOf<Part> {
  const places = Object.entries(columns).map(([key, column], n): Place => ({
    at: start + n,
    key,
    column: isAsGiven(column) ? null : column,
  }))
  return (row) => {
    const read: Record<string, unknown> = {}
    for (const { at, key, column } of places) {
      const value = row[at]
      read[key] = value === null || column === null ? value : column.mapFromDriverValue(value)
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what each column's own type says that it gives
    return read as RowOf<Part>
  }
}

function isAsGiven(column: Column): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- only compared
  return column.mapFromDriverValue === Column.prototype.mapFromDriverValue
}
