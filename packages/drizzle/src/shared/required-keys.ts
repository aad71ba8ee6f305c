interface NamedColumn {
  readonly name: string
}

/** What `getTableConfig` of every dialect gives, as far as it is looked at. */
interface TableConfig {
  readonly columns: readonly (NamedColumn & {
    readonly isUnique: boolean
    readonly primary: boolean
  })[]
  readonly primaryKeys: readonly { readonly columns: readonly NamedColumn[] }[]
  readonly uniqueConstraints: readonly { readonly columns: readonly NamedColumn[] }[]
  readonly indexes: readonly {
    readonly config: { readonly unique?: boolean | undefined; readonly columns: readonly unknown[] }
  }[]
}

/** The columns of each primary key and unique index that a table must have: the guards of the store rest on them. */
export function requiredKeys(config: TableConfig): readonly (readonly string[])[] {
  const single = config.columns.filter((column) => column.isUnique || column.primary)
  const several = [...config.primaryKeys, ...config.uniqueConstraints].map((key) => key.columns)
  const indexes = config.indexes
    .filter((index) => index.config.unique === true)
    .map((index) => index.config.columns.filter(isNamed))
  return [...single.map((column) => [column]), ...several, ...indexes].map((columns) =>
    columns.map((column) => column.name),
  )
}

function isNamed(column: unknown): column is NamedColumn {
  return typeof column === 'object' && column !== null && 'name' in column
}
