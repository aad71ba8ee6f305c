import type { AppModel, Effects, Reservation, UserStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { ownColumns } from '../shared/own-columns.ts'
import {
  affectedRows,
  foundRow,
  guarded,
  marked,
  write,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { isDuplicate } from './driver-error.ts'
import { insertAccount } from './account-store.ts'
import { voidCodes, writeEffects } from './effects.ts'
import { importMany } from './import-many.ts'
import { endSessions } from './session-store.ts'
import { authAccounts, authCodes, authEvents, authSessions, users as library } from './tables.ts'
import { userReads } from './user-reads.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

/** People. */
export function userStore(db: MysqlDatabase, users: UsersTable): UserStore<AppModel> {
  return {
    ...userReads(db, users),
    register: async (input, effects) =>
      write(db, 'users.register', async (tx) => register(tx, users, input, effects)),
    markEmailVerified: async ({ userId, email, at }, effects) =>
      write(db, 'users.markEmailVerified', async (tx) => {
        const isUnproven = guarded(
          eq(users.id, userId),
          eq(users.email, email),
          isNull(users.emailVerifiedAt),
        )
        const set = { emailVerifiedAt: at, updatedAt: at }
        if ((await affectedRows(tx.update(users).set(set).where(isUnproven))) === 0) return 'stale'
        await writeEffects(tx, effects)
        return 'verified'
      }),
    changeEmail: async (input, effects) =>
      write(db, 'users.changeEmail', async (tx) => changeEmail(tx, users, input, effects)),
    setPassword: async (input, effects) =>
      write(db, 'users.setPassword', async (tx) => setPassword(tx, users, input, effects)),
    upgradePasswordHash: async ({ userId, from, to }) =>
      write(db, 'users.upgradePasswordHash', async (tx) => {
        const isSame = guarded(eq(users.id, userId), eq(users.passwordHash, from))
        const set = { passwordHash: to, passwordVersion: marked(users.passwordVersion) }
        return (await foundRow(tx.update(users).set(set).where(isSame))) ? 'upgraded' : 'stale'
      }),
    block: async ({ userId, at, reason, keepPurposes }, effects) =>
      write(db, 'users.block', async (tx) => {
        const isFree = guarded(eq(users.id, userId), isNull(users.blockedAt))
        const set = { blockedAt: at, blockedReason: reason, updatedAt: at }
        if ((await affectedRows(tx.update(users).set(set).where(isFree))) === 0) return 'stale'
        await endSessions(tx, { userId, keepSessionId: null, at, reason: 'blocked' })
        await voidCodes(tx, userId, keepPurposes)
        await writeEffects(tx, effects)
        return 'blocked'
      }),
    unblock: async ({ userId, at }, effects) =>
      write(db, 'users.unblock', async (tx) => {
        const isBlocked = guarded(eq(users.id, userId), isNotNull(users.blockedAt))
        const set = { blockedAt: null, blockedReason: null, updatedAt: at }
        if ((await affectedRows(tx.update(users).set(set).where(isBlocked))) === 0) return 'stale'
        await writeEffects(tx, effects)
        return 'unblocked'
      }),
    importMany: importMany(db, users),
    delete: async (userId, effects) =>
      write(db, 'users.delete', async (tx) => deletePerson(tx, users, userId, effects)),
  }
}

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

async function register(
  tx: MysqlTransaction,
  users: UsersTable,
  { user, profile, account, reservation }: Input<'register'>,
  effects: Effects,
): ReturnType<UserStore<AppModel>['register']> {
  const row = {
    ...ownColumns({ app: users, library }, profile),
    ...user,
    updatedAt: user.createdAt,
  }
  await orIfTaken(tx, users, {
    email: user.email,
    write: async () => tx.insert(users).values(row),
    taken: { status: 'email_taken' },
  })
  if (await isReserved(tx, reservation, user.id)) throw new Rollback({ status: 'email_taken' })
  if (account !== null) await insertAccount(tx, account, { status: 'account_taken' })
  await writeEffects(tx, effects)
  const [registered] = await tx
    .select(userColumnsOf(users))
    .from(users)
    .where(eq(users.id, user.id))
  if (registered === undefined) throw new Error('The row that was just written is not there.')
  return { status: 'registered', user: registered }
}

/**
 * Writes an address, or undoes the whole step where another person has it. An app may have unique columns of its own,
 * and call the index on the address what it likes: so a refused key is not judged by its name. The refusal has locked
 * the row that was in the way, so this read finds it.
 */
async function orIfTaken<Result>(
  tx: MysqlTransaction,
  users: UsersTable,
  step: {
    readonly email: string
    readonly write: () => Promise<Result>
    readonly taken: unknown
  },
): Promise<Result> {
  try {
    return await step.write()
  } catch (error) {
    if (!isDuplicate(error)) throw error
    const owner = await tx.select({ id: users.id }).from(users).where(eq(users.email, step.email))
    throw owner.length > 0 ? new Rollback(step.taken) : error
  }
}

/**
 * Asked after the address was written: whoever gave it up in the meantime has reserved it by then. The first read of
 * the transaction, so it sees what was committed while the write waited.
 */
async function isReserved(
  tx: MysqlTransaction,
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
  return rows.length > 0
}

async function changeEmail(
  tx: MysqlTransaction,
  users: UsersTable,
  { userId, from, to, displayEmail, at, reason, keepPurposes, reservation }: Input<'changeEmail'>,
  effects: Effects,
): Promise<'changed' | 'email_taken' | 'stale'> {
  const set = {
    email: to,
    displayEmail,
    passwordVersion: marked(users.passwordVersion),
    emailVerifiedAt: at,
    updatedAt: at,
  }
  const isCurrent = guarded(eq(users.id, userId), eq(users.email, from))
  const isChanged = await orIfTaken(tx, users, {
    email: to,
    write: async () => foundRow(tx.update(users).set(set).where(isCurrent)),
    taken: 'email_taken',
  })
  if (!isChanged) return 'stale'
  if (await isReserved(tx, reservation, userId)) throw new Rollback('email_taken')
  await endSessions(tx, { userId, keepSessionId: null, at, reason })
  await voidCodes(tx, userId, keepPurposes)
  await writeEffects(tx, effects)
  return 'changed'
}

async function setPassword(
  tx: MysqlTransaction,
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
  const isCurrent = guarded(eq(users.id, userId), eq(users.passwordVersion, passwordVersion))
  if ((await affectedRows(tx.update(users).set(set).where(isCurrent))) === 0) return 'stale'
  await endSessions(tx, { userId, keepSessionId, at, reason })
  await voidCodes(tx, userId, keepPurposes)
  if (unlinkAccounts) {
    await tx.delete(authAccounts).where(eq(authAccounts.userId, userId))
  }
  await writeEffects(tx, effects)
  return 'set'
}

async function deletePerson(
  tx: MysqlTransaction,
  users: UsersTable,
  userId: string,
  effects: Effects,
): Promise<'deleted' | 'gone'> {
  if ((await affectedRows(tx.delete(users).where(eq(users.id, userId)))) === 0) return 'gone'
  await tx.delete(authSessions).where(eq(authSessions.userId, userId))
  await tx.delete(authAccounts).where(eq(authAccounts.userId, userId))
  await voidCodes(tx, userId, [])
  await tx
    .update(authEvents)
    .set({ ipAddress: null, userAgent: null })
    .where(eq(authEvents.userId, userId))
  await writeEffects(tx, effects)
  return 'deleted'
}
