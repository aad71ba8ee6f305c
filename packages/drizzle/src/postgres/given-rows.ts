import { getTableColumns, sql, type Placeholder, type SQL, type Subquery } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** Rows as one JSON text, or the place where a statement is given it. */
export type Given = string | Placeholder

/**
 * Rows for {@link selectGiven}. As one text they make a statement that is the same for any number of rows, so that it
 * is built once. Lone surrogates, which JSON can say and PostgreSQL cannot, become U+FFFD, as on the way of any text.
 */
export function givenRows<Table extends PgTable>(
  table: Table,
  rows: readonly Table['$inferInsert'][],
): string {
  const columns = Object.entries(getTableColumns(table))
  const named = rows.map((row: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(columns.map(([key, { name }]) => [name, row[key] ?? null])),
  )
  return JSON.stringify(named, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  )
}

/**
 * A SELECT of given rows, for an INSERT into this table, that gives them only if `guard`, another part of the same
 * statement, gave a row. Sent as `text`: some drivers would turn a parameter of type `json` into JSON once more.
 */
export function selectGiven(guard: Subquery | null, table: PgTable, given: Given): SQL {
  const columns = Object.values(getTableColumns(table))
  const types = columns.map((column) => sql`${nameOf(column)} ${sql.raw(column.getSQLType())}`)
  const names = sql.join(columns.map(nameOf), sql`, `)
  const rows = sql`select ${names} from json_to_recordset(${given}::text::json) as given (${sql.join(types, sql`, `)})`
  return guard === null ? rows : sql`${rows} where exists (select from ${guard})`
}

function nameOf(column: { readonly name: string }): SQL {
  return sql`${sql.identifier(column.name)}`
}
