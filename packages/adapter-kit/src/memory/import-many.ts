import type { ImportedPerson, ImportStatus } from '@mindmesh/auth/ports'
import { isReserved, writeEffects } from './effects.ts'
import type { MemoryModel } from './model.ts'
import { accountKey, type Rows } from './tables.ts'
import { byEmail } from './user-reads.ts'

/** Registers people who come from another system, one after the other. */
export function importMany<Profile extends object>(
  rows: Rows<Profile>,
  {
    people,
    isTrial,
  }: {
    readonly people: readonly ImportedPerson<MemoryModel<Profile>>[]
    readonly isTrial: boolean
  },
): readonly ImportStatus[] {
  // A trial goes through the same steps, on maps of its own.
  const target = isTrial
    ? { ...rows, users: new Map(rows.users), accounts: new Map(rows.accounts) }
    : rows
  return people.map((person) => {
    const status = judge(target, person)
    if (status === 'imported') {
      add(target, person)
      if (!isTrial) writeEffects(target, person.effects)
    }
    return status
  })
}

function judge(
  rows: Rows,
  { user, accounts, reservation }: Omit<ImportedPerson<MemoryModel<object>>, 'profile'>,
): ImportStatus {
  if (rows.users.has(user.id)) return 'present'
  if (byEmail(rows, user.email) !== undefined || isReserved(rows, reservation, user.id)) {
    return 'email_taken'
  }
  const keys = accounts.map(accountKey)
  const isTaken = keys.some((key) => rows.accounts.has(key)) || new Set(keys).size < keys.length
  return isTaken ? 'account_taken' : 'imported'
}

function add<Profile extends object>(
  rows: Rows<Profile>,
  { user, profile, accounts }: ImportedPerson<MemoryModel<Profile>>,
): void {
  const { passwordHash, ...columns } = user
  const row = {
    user: {
      ...profile,
      ...columns,
      passwordVersion: 0,
      lastSignedInAt: null,
      updatedAt: columns.createdAt,
    },
    passwordHash,
  }
  rows.users.set(user.id, row)
  for (const account of accounts) rows.accounts.set(accountKey(account), account)
}
