import type { AppModel, Effects, Reservation, UserStore } from '@mindmesh/auth/ports'
import { insertAccount } from './account-store.ts'
import { Rollback } from './attempt.ts'
import type { Queries } from './client.ts'
import { read, Vanished, write, type PrismaDatabase } from './database.ts'
import { isDuplicate } from './driver-error.ts'
import { voidCodes, writeEffects } from './effects.ts'
import { importMany } from './import-many.ts'
import { ownColumns } from './own-columns.ts'
import { endSessions } from './session-store.ts'
import { userReads, withoutHash } from './user-reads.ts'

/** People. */
export function userStore(db: PrismaDatabase): UserStore<AppModel> {
  return {
    ...userReads(db),
    register: async (input, effects) => register(db, input, effects),
    markEmailVerified: async ({ userId, email, at }, effects) =>
      write(db, 'users.markEmailVerified', async (tx) => {
        const { count } = await tx.user.updateMany({
          where: { id: userId, email, emailVerifiedAt: null },
          data: { emailVerifiedAt: at, updatedAt: at },
        })
        if (count === 0) return 'stale'
        await writeEffects(db, tx, effects)
        return 'verified'
      }),
    changeEmail: async (input, effects) => changeEmail(db, input, effects),
    setPassword: async (input, effects) =>
      write(db, 'users.setPassword', async (tx) => setPassword(db, tx, input, effects)),
    upgradePasswordHash: async ({ userId, from, to }) =>
      write(db, 'users.upgradePasswordHash', async (tx) => {
        const { count } = await tx.user.updateMany({
          where: { id: userId, passwordHash: from },
          data: { passwordHash: to },
        })
        return count === 0 ? 'stale' : 'upgraded'
      }),
    block: async (input, effects) =>
      write(db, 'users.block', async (tx) => block(db, tx, input, effects)),
    unblock: async ({ userId, at }, effects) =>
      write(db, 'users.unblock', async (tx) => {
        const { count } = await tx.user.updateMany({
          where: { id: userId, blockedAt: { not: null } },
          data: { blockedAt: null, blockedReason: null, updatedAt: at },
        })
        if (count === 0) return 'stale'
        await writeEffects(db, tx, effects)
        return 'unblocked'
      }),
    importMany: importMany(db),
    delete: async (userId, effects) =>
      write(db, 'users.delete', async (tx) => deletePerson(db, tx, userId, effects)),
  }
}

type Registered = ReturnType<UserStore<AppModel>['register']>
type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

async function register(
  db: PrismaDatabase,
  input: Input<'register'>,
  effects: Effects,
): Registered {
  return write<Awaited<Registered>>(
    db,
    'users.register',
    async (tx) => insertPerson(db, tx, input, effects),
    async (queries) => {
      const { email, id } = input.user
      const isTaken = await isOfOthers(queries, { email, userId: id, ...input.reservation })
      return isTaken ? { status: 'email_taken' } : null
    },
  )
}

async function insertPerson(
  db: PrismaDatabase,
  tx: Queries,
  { user, profile, account, reservation }: Input<'register'>,
  effects: Effects,
): Registered {
  const data = { ...ownColumns(tx.user.fields, profile), ...user, updatedAt: user.createdAt }
  const registered = await orIfTaken(db, {
    email: user.email,
    write: async () => tx.user.create({ data, ...withoutHash }),
    taken: { status: 'email_taken' },
  })
  if (await isReserved(tx, reservation, user.id)) {
    throw new Rollback(() => ({ status: 'email_taken' }))
  }
  if (account !== null) await insertAccount(tx, account, { status: 'account_taken' })
  await writeEffects(db, tx, effects)
  return { status: 'registered', user: registered }
}

/**
 * Writes an address, or undoes the whole step where another person has it. An app may have unique columns of its own,
 * and call the index on the address what it likes: so a refused key is not judged by its name, but by who has the
 * address. That is asked when the step is undone: PostgreSQL answers nothing more within it.
 */
async function orIfTaken<Result>(
  db: PrismaDatabase,
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
    throw new Rollback(async () => {
      const owner = await read(db, 'users.findByEmail', async ({ user }) =>
        user.findFirst({ where: { email: step.email }, select: { id: true } }),
      )
      if (owner === null) throw new Vanished(error)
      return step.taken
    })
  }
}

/** Whether another person has an address, or reserves it. */
async function isOfOthers(
  queries: Queries,
  {
    email,
    userId,
    ...reservation
  }: Reservation & { readonly email: string; readonly userId: string },
): Promise<boolean> {
  const owner = await queries.user.findFirst({
    where: { email, id: { not: userId } },
    select: { id: true },
  })
  return owner !== null || isReserved(queries, reservation, userId)
}

/**
 * Asked after the address was written: whoever gave it up in the meantime has reserved it by then, and what they
 * committed while the write waited is seen.
 */
async function isReserved(
  tx: Queries,
  { purpose, subject, now }: Reservation,
  userId: string,
): Promise<boolean> {
  const code = await tx.authCode.findFirst({
    where: {
      purpose,
      subject,
      expiresAt: { gt: now },
      OR: [{ userId: null }, { userId: { not: userId } }],
    },
    select: { id: true },
  })
  return code !== null
}

async function changeEmail(
  db: PrismaDatabase,
  input: Input<'changeEmail'>,
  effects: Effects,
): Promise<'changed' | 'email_taken' | 'stale'> {
  return write(
    db,
    'users.changeEmail',
    async (tx) => replaceEmail(db, tx, input, effects),
    async (queries) => {
      const { to, userId, reservation } = input
      const isTaken = await isOfOthers(queries, { email: to, userId, ...reservation })
      return isTaken ? 'email_taken' : null
    },
  )
}

async function replaceEmail(
  db: PrismaDatabase,
  tx: Queries,
  { userId, from, to, displayEmail, at, reason, keepPurposes, reservation }: Input<'changeEmail'>,
  effects: Effects,
): Promise<'changed' | 'email_taken' | 'stale'> {
  const { count } = await orIfTaken(db, {
    email: to,
    write: async () =>
      tx.user.updateMany({
        where: { id: userId, email: from },
        data: { email: to, displayEmail, emailVerifiedAt: at, updatedAt: at },
      }),
    taken: 'email_taken',
  })
  if (count === 0) return 'stale'
  if (await isReserved(tx, reservation, userId)) throw new Rollback(() => 'email_taken')
  await endSessions(tx, { userId, keepSessionId: null, at, reason })
  await voidCodes(tx, userId, keepPurposes)
  await writeEffects(db, tx, effects)
  return 'changed'
}

async function setPassword(
  db: PrismaDatabase,
  tx: Queries,
  input: Input<'setPassword'>,
  effects: Effects,
): Promise<'set' | 'stale'> {
  const { userId, passwordVersion, passwordHash, at, keepSessionId, keepPurposes, reason } = input
  const { count } = await tx.user.updateMany({
    where: { id: userId, passwordVersion },
    data: { passwordHash, passwordVersion: { increment: 1 }, updatedAt: at },
  })
  if (count === 0) return 'stale'
  await endSessions(tx, { userId, keepSessionId, at, reason })
  await voidCodes(tx, userId, keepPurposes)
  if (input.unlinkAccounts) await tx.authAccount.deleteMany({ where: { userId } })
  await writeEffects(db, tx, effects)
  return 'set'
}

async function block(
  db: PrismaDatabase,
  tx: Queries,
  { userId, at, reason, keepPurposes }: Input<'block'>,
  effects: Effects,
): Promise<'blocked' | 'stale'> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, blockedAt: null },
    data: { blockedAt: at, blockedReason: reason, updatedAt: at },
  })
  if (count === 0) return 'stale'
  await endSessions(tx, { userId, keepSessionId: null, at, reason: 'blocked' })
  await voidCodes(tx, userId, keepPurposes)
  await writeEffects(db, tx, effects)
  return 'blocked'
}

async function deletePerson(
  db: PrismaDatabase,
  tx: Queries,
  userId: string,
  effects: Effects,
): Promise<'deleted' | 'gone'> {
  if ((await tx.user.deleteMany({ where: { id: userId } })).count === 0) return 'gone'
  await tx.authSession.deleteMany({ where: { userId } })
  await tx.authAccount.deleteMany({ where: { userId } })
  await voidCodes(tx, userId, [])
  await tx.authEvent.updateMany({
    where: { userId },
    data: { ipAddress: null, userAgent: null },
  })
  await writeEffects(db, tx, effects)
  return 'deleted'
}
