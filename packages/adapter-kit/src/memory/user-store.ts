import type { Effects, User, UserStore } from '@mindmesh/auth/ports'
import { changeUser, endSessions, isReserved, voidCodes, writeEffects } from './effects.ts'
import { importMany } from './import-many.ts'
import type { MemoryModel } from './model.ts'
import { accountKey, type PersonRow, type Rows, type Tables } from './tables.ts'
import { byEmail, userReads } from './user-reads.ts'

type Store<Profile extends object> = UserStore<MemoryModel<Profile>>
type WithEffects<Method extends keyof Store<object>, Profile extends object = object> = Parameters<
  Store<Profile>[Method]
>[0] & { readonly effects: Effects }

/** People. */
export function userStore<Profile extends object>(tables: Tables<Profile>): Store<Profile> {
  return {
    ...userReads(tables),
    register: async (input, effects) =>
      tables.write('users.register', { ...input, effects }, register<Profile>),
    markEmailVerified: async (input, effects) =>
      tables.write('users.markEmailVerified', { ...input, effects }, markEmailVerified),
    changeEmail: async (input, effects) =>
      tables.write('users.changeEmail', { ...input, effects }, changeEmail),
    setPassword: async (input, effects) =>
      tables.write('users.setPassword', { ...input, effects }, setPassword),
    upgradePasswordHash: async (input) =>
      tables.write('users.upgradePasswordHash', input, (rows, { userId, from, to }) => {
        const row = rows.users.get(userId)
        if (row?.passwordHash !== from) return 'stale'
        rows.users.set(userId, { ...row, passwordHash: to })
        return 'upgraded'
      }),
    block: async (input, effects) => tables.write('users.block', { ...input, effects }, block),
    unblock: async (input, effects) =>
      tables.write('users.unblock', { ...input, effects }, unblock),
    importMany: async (input) => tables.write('users.importMany', input, importMany<Profile>),
    delete: async (userId, effects) =>
      tables.write('users.delete', { userId, effects }, deletePerson),
  }
}

function register<Profile extends object>(
  rows: Rows<Profile>,
  { user, profile, account, reservation, effects }: WithEffects<'register', Profile>,
): Awaited<ReturnType<Store<Profile>['register']>> {
  if (byEmail(rows, user.email) !== undefined || isReserved(rows, reservation, user.id)) {
    return { status: 'email_taken' }
  }
  if (account !== null && rows.accounts.has(accountKey(account))) {
    return { status: 'account_taken' }
  }
  const { passwordHash, ...columns } = user
  const row: PersonRow<Profile> = { user: { ...profile, ...newColumns(columns) }, passwordHash }
  rows.users.set(user.id, row)
  if (account !== null) rows.accounts.set(accountKey(account), account)
  writeEffects(rows, effects)
  return { status: 'registered', user: row.user }
}

/** Spread after the profile, so that none of its keys can take a library column's place. */
function newColumns(
  columns: Pick<User, 'id' | 'email' | 'displayEmail' | 'emailVerifiedAt' | 'createdAt'>,
): User {
  return {
    ...columns,
    passwordVersion: 0,
    blockedAt: null,
    blockedReason: null,
    lastSignedInAt: null,
    updatedAt: columns.createdAt,
  }
}

function markEmailVerified(
  rows: Rows,
  { userId, email, at, effects }: WithEffects<'markEmailVerified'>,
): 'verified' | 'stale' {
  const user = rows.users.get(userId)?.user
  if (user?.email !== email || user.emailVerifiedAt !== null) return 'stale'
  changeUser(rows, userId, { emailVerifiedAt: at, updatedAt: at })
  writeEffects(rows, effects)
  return 'verified'
}

function changeEmail(
  rows: Rows,
  input: WithEffects<'changeEmail'>,
): 'changed' | 'email_taken' | 'stale' {
  const { userId, from, to, displayEmail, at, reason, keepPurposes, reservation } = input
  if (rows.users.get(userId)?.user.email !== from) return 'stale'
  const owner = byEmail(rows, to)?.user.id ?? userId
  if (owner !== userId || isReserved(rows, reservation, userId)) return 'email_taken'
  changeUser(rows, userId, { email: to, displayEmail, emailVerifiedAt: at, updatedAt: at })
  endSessions(rows, { userId, keepSessionId: null, at, reason })
  voidCodes(rows, userId, keepPurposes)
  writeEffects(rows, input.effects)
  return 'changed'
}

function setPassword(rows: Rows, input: WithEffects<'setPassword'>): 'set' | 'stale' {
  const { userId, passwordVersion, passwordHash, at, keepSessionId, keepPurposes } = input
  const row = rows.users.get(userId)
  if (row?.user.passwordVersion !== passwordVersion) return 'stale'
  const change = { passwordVersion: passwordVersion + 1, updatedAt: at }
  rows.users.set(userId, { user: { ...row.user, ...change }, passwordHash })
  endSessions(rows, { userId, keepSessionId, at, reason: input.reason })
  voidCodes(rows, userId, keepPurposes)
  if (input.unlinkAccounts) removeAccounts(rows, userId)
  writeEffects(rows, input.effects)
  return 'set'
}

function block(
  rows: Rows,
  { userId, at, reason, keepPurposes, effects }: WithEffects<'block'>,
): 'blocked' | 'stale' {
  if (rows.users.get(userId)?.user.blockedAt !== null) return 'stale'
  changeUser(rows, userId, { blockedAt: at, blockedReason: reason, updatedAt: at })
  endSessions(rows, { userId, keepSessionId: null, at, reason: 'blocked' })
  voidCodes(rows, userId, keepPurposes)
  writeEffects(rows, effects)
  return 'blocked'
}

function unblock(
  rows: Rows,
  { userId, at, effects }: WithEffects<'unblock'>,
): 'unblocked' | 'stale' {
  const user = rows.users.get(userId)?.user
  if (user === undefined || user.blockedAt === null) return 'stale'
  changeUser(rows, userId, { blockedAt: null, blockedReason: null, updatedAt: at })
  writeEffects(rows, effects)
  return 'unblocked'
}

function removeAccounts(rows: Rows, userId: string): void {
  for (const [key, a] of rows.accounts) if (a.userId === userId) rows.accounts.delete(key)
}

function deletePerson(
  rows: Rows,
  { userId, effects }: { readonly userId: string; readonly effects: Effects },
): 'deleted' | 'gone' {
  if (!rows.users.delete(userId)) return 'gone'
  for (const s of rows.sessions.values()) if (s.userId === userId) rows.sessions.delete(s.id)
  removeAccounts(rows, userId)
  voidCodes(rows, userId, [])
  for (const event of rows.events.values()) {
    if (event.userId !== userId) continue
    rows.events.set(event.id, { ...event, ipAddress: null, userAgent: null })
  }
  writeEffects(rows, effects)
  return 'deleted'
}
