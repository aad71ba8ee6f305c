import type { AppModel, Reservation, UserStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { ownColumns } from '../shared/own-columns.ts'
import { violatesUnique, write, type SqliteDatabase } from './database.ts'
import { insertAccount } from './account-store.ts'
import { voidCodes, type Access } from './effects.ts'
import { importMany } from './import-many.ts'
import { endSessions } from './session-store.ts'
import { authAccounts, authCodes, authEvents, authSessions, users as library } from './tables.ts'
import { userReads } from './user-reads.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

/** People. */
export function userStore({ db, writer }: Access, users: UsersTable): UserStore<AppModel> {
  return {
    ...userReads(db, users),
    register: async (input, effects) =>
      write(db, 'users.register', (tx) => register(tx, users, input, () => writer.write(effects))),
    markEmailVerified: async ({ userId, email, at }, effects) =>
      write(db, 'users.markEmailVerified', (tx) => {
        const isUnproven = and(
          eq(users.id, userId),
          eq(users.email, email),
          isNull(users.emailVerifiedAt),
        )
        const set = { emailVerifiedAt: at, updatedAt: at }
        if (tx.update(users).set(set).where(isUnproven).run().changes === 0) return 'stale'
        writer.write(effects)
        return 'verified'
      }),
    changeEmail: async (input, effects) =>
      write(db, 'users.changeEmail', (tx) =>
        changeEmail(tx, users, input, () => writer.write(effects)),
      ),
    setPassword: async (input, effects) =>
      write(db, 'users.setPassword', (tx) =>
        setPassword(tx, users, input, () => writer.write(effects)),
      ),
    upgradePasswordHash: async ({ userId, from, to }) =>
      write(db, 'users.upgradePasswordHash', (tx) => {
        const isSame = and(eq(users.id, userId), eq(users.passwordHash, from))
        const { changes } = tx.update(users).set({ passwordHash: to }).where(isSame).run()
        return changes === 0 ? 'stale' : 'upgraded'
      }),
    block: async (input, effects) =>
      write(db, 'users.block', (tx) => block(tx, users, input, () => writer.write(effects))),
    unblock: async ({ userId, at }, effects) =>
      write(db, 'users.unblock', (tx) => {
        const isBlocked = and(eq(users.id, userId), isNotNull(users.blockedAt))
        const set = { blockedAt: null, blockedReason: null, updatedAt: at }
        if (tx.update(users).set(set).where(isBlocked).run().changes === 0) return 'stale'
        writer.write(effects)
        return 'unblocked'
      }),
    importMany: importMany({ db, writer }, users),
    delete: async (userId, effects) =>
      write(db, 'users.delete', (tx) =>
        deletePerson(tx, users, userId, () => writer.write(effects)),
      ),
  }
}

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

function register(
  tx: SqliteDatabase,
  users: UsersTable,
  { user, profile, account, reservation }: Input<'register'>,
  writeEffects: () => void,
): Awaited<ReturnType<UserStore<AppModel>['register']>> {
  try {
    tx.insert(users)
      .values({
        ...ownColumns({ app: users, library }, profile),
        ...user,
        updatedAt: user.createdAt,
      })
      .run()
  } catch (error) {
    if (violatesUnique(error, `.${users.email.name}`)) throw new Rollback({ status: 'email_taken' })
    throw error
  }
  if (isReserved(tx, reservation, user.id)) throw new Rollback({ status: 'email_taken' })
  if (account !== null) insertAccount(tx, account, { status: 'account_taken' })
  writeEffects()
  const [registered] = tx
    .select(userColumnsOf(users))
    .from(users)
    .where(eq(users.id, user.id))
    .all()
  if (registered === undefined) throw new Error('The row that was just written is not there.')
  return { status: 'registered', user: registered }
}

/** Asked after the address was written: whoever gave it up in the meantime has reserved it by then. */
function isReserved(
  tx: SqliteDatabase,
  { purpose, subject, now }: Reservation,
  userId: string,
): boolean {
  const isOthers = or(isNull(authCodes.userId), ne(authCodes.userId, userId))
  const row = tx
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
    .get()
  return row !== undefined
}

function changeEmail(
  tx: SqliteDatabase,
  users: UsersTable,
  { userId, from, to, displayEmail, at, reason, keepPurposes, reservation }: Input<'changeEmail'>,
  writeEffects: () => void,
): 'changed' | 'email_taken' | 'stale' {
  const set = { email: to, displayEmail, emailVerifiedAt: at, updatedAt: at }
  try {
    const isCurrent = and(eq(users.id, userId), eq(users.email, from))
    if (tx.update(users).set(set).where(isCurrent).run().changes === 0) return 'stale'
  } catch (error) {
    if (violatesUnique(error, `.${users.email.name}`)) throw new Rollback('email_taken')
    throw error
  }
  if (isReserved(tx, reservation, userId)) throw new Rollback('email_taken')
  endSessions(tx, { userId, keepSessionId: null, at, reason })
  voidCodes(tx, userId, keepPurposes)
  writeEffects()
  return 'changed'
}

function setPassword(
  tx: SqliteDatabase,
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
  writeEffects: () => void,
): 'set' | 'stale' {
  const set = {
    passwordHash,
    passwordVersion: sql`${users.passwordVersion} + 1`,
    updatedAt: at,
  }
  const isCurrent = and(eq(users.id, userId), eq(users.passwordVersion, passwordVersion))
  if (tx.update(users).set(set).where(isCurrent).run().changes === 0) return 'stale'
  endSessions(tx, { userId, keepSessionId, at, reason })
  voidCodes(tx, userId, keepPurposes)
  if (unlinkAccounts) {
    tx.delete(authAccounts).where(eq(authAccounts.userId, userId)).run()
  }
  writeEffects()
  return 'set'
}

function block(
  tx: SqliteDatabase,
  users: UsersTable,
  { userId, at, reason, keepPurposes }: Input<'block'>,
  writeEffects: () => void,
): 'blocked' | 'stale' {
  const isFree = and(eq(users.id, userId), isNull(users.blockedAt))
  const set = { blockedAt: at, blockedReason: reason, updatedAt: at }
  if (tx.update(users).set(set).where(isFree).run().changes === 0) return 'stale'
  endSessions(tx, { userId, keepSessionId: null, at, reason: 'blocked' })
  voidCodes(tx, userId, keepPurposes)
  writeEffects()
  return 'blocked'
}

function deletePerson(
  tx: SqliteDatabase,
  users: UsersTable,
  userId: string,
  writeEffects: () => void,
): 'deleted' | 'gone' {
  if (tx.delete(users).where(eq(users.id, userId)).run().changes === 0) return 'gone'
  tx.delete(authSessions).where(eq(authSessions.userId, userId)).run()
  tx.delete(authAccounts).where(eq(authAccounts.userId, userId)).run()
  voidCodes(tx, userId, [])
  tx.update(authEvents)
    .set({ ipAddress: null, userAgent: null })
    .where(eq(authEvents.userId, userId))
    .run()
  writeEffects()
  return 'deleted'
}
