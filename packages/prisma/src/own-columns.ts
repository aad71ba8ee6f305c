import type { UserRow } from './client.ts'

/** The library's own columns of a person. */
const LIBRARY: Readonly<Record<keyof UserRow, true>> = {
  id: true,
  email: true,
  displayEmail: true,
  passwordHash: true,
  passwordVersion: true,
  emailVerifiedAt: true,
  blockedAt: true,
  blockedReason: true,
  lastSignedInAt: true,
  createdAt: true,
  updatedAt: true,
}

/** The names of the library's own columns of a person. */
export const libraryColumns: readonly string[] = Object.keys(LIBRARY)

/** The app's own columns of a profile. Whatever else it holds, the library's columns are never taken from it. */
export function ownColumns(fields: object, profile: object): Record<string, unknown> {
  const known = new Set(Object.keys(fields))
  return Object.fromEntries(
    Object.entries(profile).filter(([name]) => known.has(name) && !libraryColumns.includes(name)),
  )
}
