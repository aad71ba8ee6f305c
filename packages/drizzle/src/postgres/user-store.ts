import type { AppModel, Effects, Reservation, UserStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { ownColumns } from '../shared/own-columns.ts'
import { insertAccount } from './account-store.ts'
import {
  violatesUnique,
  write,
  writeAtOnce,
  type Access,
  type PostgresDatabase,
} from './database.ts'
import { writeEffects } from './effects.ts'
import { endAccess } from './end-access.ts'
import { importMany } from './import-many.ts'
import { oneStatement } from './one-statement.ts'
import { authAccounts, authCodes, authEvents, authSessions, users as library } from './tables.ts'
import { userReads } from './user-reads.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

/** People. */
export function userStore(access: Access, users: UsersTable): UserStore<AppModel> {
  const { db } = access
  return {
    ...userReads(access, users),
    register: async (input, effects) =>
      write(db, 'users.register', (tx) => register(tx, users, input, effects)),
    markEmailVerified: async ({ userId, email, at }, effects) =>
      writeAtOnce('users.markEmailVerified', async () => {
        const isUnproven = and(
          eq(users.id, userId),
          eq(users.email, email),
          isNull(users.emailVerifiedAt),
        )
        const set = { emailVerifiedAt: at, updatedAt: at }
        const change = db.update(users).set(set).where(isUnproven).returning({ id: users.id })
        return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'verified'
      }),
    changeEmail: async (input, effects) =>
      write(db, 'users.changeEmail', (tx) => changeEmail(tx, users, input, effects)),
    setPassword: async (input, effects) =>
      write(db, 'users.setPassword', (tx) => setPassword(tx, users, input, effects)),
    upgradePasswordHash: async ({ userId, from, to }) =>
      writeAtOnce('users.upgradePasswordHash', async () => {
        const isSame = and(eq(users.id, userId), eq(users.passwordHash, from))
        const set = { passwordHash: to }
        const upgraded = await db.update(users).set(set).where(isSame).returning({ id: users.id })
        return upgraded.length === 0 ? 'stale' : 'upgraded'
      }),
    block: async (input, effects) =>
      write(db, 'users.block', (tx) => block(tx, users, input, effects)),
    unblock: async ({ userId, at }, effects) =>
      writeAtOnce('users.unblock', async () => {
        const isBlocked = and(eq(users.id, userId), isNotNull(users.blockedAt))
        const set = { blockedAt: null, blockedReason: null, updatedAt: at }
        const change = db.update(users).set(set).where(isBlocked).returning({ id: users.id })
        return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'unblocked'
      }),
    importMany: importMany(db, users),
    delete: async (userId, effects) =>
      write(db, 'users.delete', (tx) => deletePerson(tx, users, userId, effects)),
  }
}

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

/** No error of a unique index is waited for: after one PostgreSQL refuses everything else in the transaction. */
async function register(
  tx: PostgresDatabase,
  users: UsersTable,
  { user, profile, account, reservation }: Input<'register'>,
  effects: Effects,
): Promise<Awaited<ReturnType<UserStore<AppModel>['register']>>> {
  const [registered] = await tx
    .insert(users)
    .values({
      ...ownColumns({ app: users, library }, profile),
      ...user,
      updatedAt: user.createdAt,
    })
    .onConflictDoNothing({ target: users.email })
    .returning(userColumnsOf(users))
  if (registered === undefined) return { status: 'email_taken' }
  if (await isReserved(tx, reservation, user.id)) throw new Rollback({ status: 'email_taken' })
  if (account === null) await writeEffects(tx, effects)
  else await insertAccount(tx, account, { effects, taken: { status: 'account_taken' } })
  return { status: 'registered', user: registered }
}

/** Asked after the address was written: whoever gave it up in the meantime has reserved it by then. */
async function isReserved(
  tx: PostgresDatabase,
  { purpose, subject, now }: Reservation,
  userId: string,
): Promise<boolean> {
  const isOthers = or(isNull(authCodes.userId), ne(authCodes.userId, userId))
  const rows = await tx
    .select({ id: authCodes.id })
    .from(authCodes)
    .where(
      and(
        eq(authCodes.purpose, purpose),
        eq(authCodes.subject, subject),
        gt(authCodes.expiresAt, now),
        isOthers,
      ),
    )
    .$withCache(false)
  return rows.length > 0
}

async function changeEmail(
  tx: PostgresDatabase,
  users: UsersTable,
  { userId, from, to, displayEmail, at, reason, keepPurposes, reservation }: Input<'changeEmail'>,
  effects: Effects,
): Promise<'changed' | 'email_taken' | 'stale'> {
  const set = { email: to, displayEmail, emailVerifiedAt: at, updatedAt: at }
  const isCurrent = and(eq(users.id, userId), eq(users.email, from))
  try {
    const changed = await tx.update(users).set(set).where(isCurrent).returning({ id: users.id })
    if (changed.length === 0) return 'stale'
  } catch (error) {
    // Of the columns that this writes only the address is unique.
    if (violatesUnique(error, users)) throw new Rollback('email_taken')
    throw error
  }
  if (await isReserved(tx, reservation, userId)) throw new Rollback('email_taken')
  await endAccess(tx, { userId, keepSessionId: null, keepPurposes, at, reason })
  await writeEffects(tx, effects)
  return 'changed'
}

async function setPassword(
  tx: PostgresDatabase,
  users: UsersTable,
  {
    userId,
    passwordVersion,
    passwordHash,
    at,
    keepSessionId,
    keepPurposes,
    unlinkAccounts,
    reason,
  }: Input<'setPassword'>,
  effects: Effects,
): Promise<'set' | 'stale'> {
  const set = {
    passwordHash,
    passwordVersion: sql`${users.passwordVersion} + 1`,
    updatedAt: at,
  }
  const isCurrent = and(eq(users.id, userId), eq(users.passwordVersion, passwordVersion))
  const changed = await tx.update(users).set(set).where(isCurrent).returning({ id: users.id })
  if (changed.length === 0) return 'stale'
  await endAccess(tx, { userId, keepSessionId, keepPurposes, at, reason })
  if (unlinkAccounts) {
    await tx.delete(authAccounts).where(eq(authAccounts.userId, userId))
  }
  await writeEffects(tx, effects)
  return 'set'
}

async function block(
  tx: PostgresDatabase,
  users: UsersTable,
  { userId, at, reason, keepPurposes }: Input<'block'>,
  effects: Effects,
): Promise<'blocked' | 'stale'> {
  const isFree = and(eq(users.id, userId), isNull(users.blockedAt))
  const set = { blockedAt: at, blockedReason: reason, updatedAt: at }
  const blocked = await tx.update(users).set(set).where(isFree).returning({ id: users.id })
  if (blocked.length === 0) return 'stale'
  await endAccess(tx, { userId, keepSessionId: null, keepPurposes, at, reason: 'blocked' })
  await writeEffects(tx, effects)
  return 'blocked'
}

/** What hangs on the person goes in a second statement, for the reason that {@link endAccess} gives. */
async function deletePerson(
  tx: PostgresDatabase,
  users: UsersTable,
  userId: string,
  effects: Effects,
): Promise<'deleted' | 'gone'> {
  const deleted = await tx.delete(users).where(eq(users.id, userId)).returning({ id: users.id })
  if (deleted.length === 0) return 'gone'
  await tx
    .with(
      tx.$with('sessions').as(tx.delete(authSessions).where(eq(authSessions.userId, userId))),
      tx.$with('accounts').as(tx.delete(authAccounts).where(eq(authAccounts.userId, userId))),
      tx.$with('codes').as(tx.delete(authCodes).where(eq(authCodes.userId, userId))),
    )
    .update(authEvents)
    .set({ ipAddress: null, userAgent: null })
    .where(eq(authEvents.userId, userId))
  await writeEffects(tx, effects)
  return 'deleted'
}
