import type { AccountRecord, AccountStore, Effects } from '@mindmesh/auth/ports'
import { changeUser, endSessions, voidCodes, writeEffects } from './effects.ts'
import type { MemoryModel } from './model.ts'
import { accountKey, type Rows, type Tables } from './tables.ts'

type Store = AccountStore<MemoryModel<object>>
type WithEffects<Method extends 'link' | 'claim' | 'unlink'> = Parameters<Store[Method]>[0] & {
  readonly effects: Effects
}

/** Identities at OAuth providers. */
export function accountStore<Profile extends object>(
  tables: Tables<Profile>,
): AccountStore<MemoryModel<Profile>> {
  return {
    findUser: async (identity) =>
      tables.read((rows) => {
        const account = rows.accounts.get(accountKey(identity))
        return account === undefined ? null : (rows.users.get(account.userId)?.user ?? null)
      }),
    listByUser: async (userId) => tables.read((rows) => accountsOf(rows, userId)),
    link: async (input, effects) => tables.write('accounts.link', { ...input, effects }, link),
    claim: async (input, effects) => tables.write('accounts.claim', { ...input, effects }, claim),
    unlink: async (input, effects) =>
      tables.write('accounts.unlink', { ...input, effects }, unlink),
  }
}

function accountsOf(rows: Rows, userId: string): readonly AccountRecord[] {
  return [...rows.accounts.values()]
    .filter((account) => account.userId === userId)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

function link(
  rows: Rows,
  { account, expected, effects }: WithEffects<'link'>,
): 'linked' | 'account_taken' | 'stale' {
  const user = rows.users.get(account.userId)?.user
  if (user === undefined || user.blockedAt !== null) return 'stale'
  const isExpected =
    user.email === expected?.email &&
    user.passwordVersion === expected.passwordVersion &&
    user.emailVerifiedAt !== null
  if (expected !== null && !isExpected) return 'stale'
  if (rows.accounts.has(accountKey(account))) return 'account_taken'
  changeUser(rows, user.id, { updatedAt: account.createdAt })
  rows.accounts.set(accountKey(account), account)
  writeEffects(rows, effects)
  return 'linked'
}

function claim(
  rows: Rows,
  { account, email, at, reason, effects }: WithEffects<'claim'>,
): 'claimed' | 'account_taken' | 'stale' {
  const row = rows.users.get(account.userId)
  const isUnproven =
    row?.user.email === email && row.user.emailVerifiedAt === null && row.user.blockedAt === null
  if (!isUnproven) return 'stale'
  if (rows.accounts.has(accountKey(account))) return 'account_taken'
  const { id: userId, passwordVersion } = row.user
  const change = { emailVerifiedAt: at, updatedAt: at, passwordVersion: passwordVersion + 1 }
  rows.users.set(userId, { user: { ...row.user, ...change }, passwordHash: null })
  rows.accounts.set(accountKey(account), account)
  endSessions(rows, { userId, keepSessionId: null, at, reason })
  voidCodes(rows, userId, [])
  writeEffects(rows, effects)
  return 'claimed'
}

function unlink(
  rows: Rows,
  { userId, at, effects, ...identity }: WithEffects<'unlink'>,
): 'unlinked' | 'last_way_in' | 'not_found' {
  const row = rows.users.get(userId)
  const account = rows.accounts.get(accountKey(identity))
  if (row === undefined || account?.userId !== userId) return 'not_found'
  const isLast = row.passwordHash === null && accountsOf(rows, userId).length === 1
  if (isLast) return 'last_way_in'
  changeUser(rows, userId, { updatedAt: at })
  rows.accounts.delete(accountKey(identity))
  writeEffects(rows, effects)
  return 'unlinked'
}
