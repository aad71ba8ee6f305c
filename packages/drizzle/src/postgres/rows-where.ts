import { getTableColumns, sql, type SQL, type Subquery } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/**
 * A SELECT of these rows, for an INSERT into this table, that gives them only if `guard`, another part of the same
 * statement, gave a row. Every value carries its type: in a sub-select PostgreSQL would take an untyped one for text.
 */
export function rowsWhere<Table extends PgTable>(
  guard: Subquery | null,
  table: Table,
  rows: readonly Table['$inferInsert'][],
): SQL {
  const columns = Object.entries(getTableColumns(table))
  const tuples = rows.map((row) => {
    const values: Record<string, unknown> = row
    return sql`(${sql.join(
      columns.map(([name, column]) => {
        const value = values[name] ?? null
        return sql`${sql.param(value, column)}::${sql.raw(column.getSQLType())}`
      }),
      sql`, `,
    )})`
  })
  const given = sql`select * from (values ${sql.join(tuples, sql`, `)}) as given`
  return guard === null ? given : sql`${given} where exists (select from ${guard})`
}
