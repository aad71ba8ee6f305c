import { sql, type Column, type SQL } from 'drizzle-orm'

type Columns = Readonly<Record<string, Column>>

/** A placeholder for the value of each column, for an INSERT that is built and prepared once. */
export function placeholdersOf<Part extends Columns>(columns: Part): Record<keyof Part, SQL> {
  const entries = Object.keys(columns).map((key) => [key, sql`${sql.placeholder(key)}`])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key for each column, and nothing else
  return Object.fromEntries(entries) as Record<keyof Part, SQL>
}

/**
 * What the driver is given for a row. Drizzle would encode a placeholder's value too, but not `null`: its columns of
 * time expect a `Date`.
 */
export function driverValuesOf(columns: Columns, row: object): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { ...row }
  const encoded: Record<string, unknown> = {}
  for (const [key, column] of Object.entries(columns)) {
    const value = values[key] ?? null
    encoded[key] = value === null ? null : column.mapToDriverValue(value)
  }
  return encoded
}
