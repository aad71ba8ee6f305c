/** One row, as its driver or its file gives it. */
export type Row = Readonly<Record<string, unknown>>

/** Tables of another system, wherever they are. */
export interface Source {
  /** The columns of a table, `schema.table` or `table`; `null` where there is none. */
  columns(table: string): Promise<readonly string[] | null>
  count(table: string): Promise<number>
  /** All rows, so many at once; a database's in the order of a column that is unique. */
  pages(
    table: string,
    input: { readonly key: string; readonly limit: number },
  ): AsyncIterable<readonly Row[]>
  /** Rows whose column has one of these values. */
  where(table: string, column: string, values: readonly unknown[]): Promise<readonly Row[]>
  close(): Promise<void>
}
