import { getTableColumns, type Table } from 'drizzle-orm'

/** The app's own columns of a profile. Whatever else it holds, the library's columns are never taken from it. */
export function ownColumns(
  tables: { readonly app: Table; readonly library: Table },
  profile: object,
): Record<string, unknown> {
  const known = new Set(Object.keys(getTableColumns(tables.app)))
  const ours = new Set(Object.keys(getTableColumns(tables.library)))
  return Object.fromEntries(
    Object.entries(profile).filter(([name]) => known.has(name) && !ours.has(name)),
  )
}
