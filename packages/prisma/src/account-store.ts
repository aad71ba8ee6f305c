import type { AccountStore, AppModel, Effects } from '@mindmesh/auth/ports'
import { Rollback } from './attempt.ts'
import type { Queries } from './client.ts'
import { read, write, type PrismaDatabase } from './database.ts'
import { isDuplicate } from './driver-error.ts'
import { voidCodes, writeEffects } from './effects.ts'
import { endSessions } from './session-store.ts'
import { withoutHash } from './user-reads.ts'

type Input<Method extends 'link' | 'claim' | 'unlink'> = Parameters<
  AccountStore<AppModel>[Method]
>[0]

/** Identities at OAuth providers. */
export function accountStore(db: PrismaDatabase): AccountStore<AppModel> {
  return {
    findUser: async ({ provider, subject }) =>
      read(db, 'accounts.findUser', async (queries) => {
        const account = await queries.authAccount.findFirst({ where: { provider, subject } })
        if (account === null) return null
        return queries.user.findFirst({ where: { id: account.userId }, ...withoutHash })
      }),
    listByUser: async (userId) =>
      read(db, 'accounts.listByUser', async ({ authAccount }) =>
        authAccount.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }] }),
      ),
    link: async (input, effects) =>
      write(db, 'accounts.link', async (tx) => link(db, tx, input, effects)),
    claim: async (input, effects) =>
      write(db, 'accounts.claim', async (tx) => claim(db, tx, input, effects)),
    unlink: async (input, effects) =>
      write(db, 'accounts.unlink', async (tx) => unlink(db, tx, input, effects)),
  }
}

/** Writes an identity, or undoes the whole step where somebody has it. */
export async function insertAccount(
  tx: Queries,
  account: Input<'link'>['account'],
  taken: unknown,
): Promise<void> {
  try {
    await tx.authAccount.createMany({ data: [account] })
  } catch (error) {
    if (isDuplicate(error)) throw new Rollback(() => taken)
    throw error
  }
}

async function link(
  db: PrismaDatabase,
  tx: Queries,
  { account, expected }: Input<'link'>,
  effects: Effects,
): Promise<'linked' | 'account_taken' | 'stale'> {
  const isExpected = expected === null ? {} : { ...expected, emailVerifiedAt: { not: null } }
  const { count } = await tx.user.updateMany({
    where: { id: account.userId, blockedAt: null, ...isExpected },
    data: { updatedAt: account.createdAt },
  })
  if (count === 0) return 'stale'
  await insertAccount(tx, account, 'account_taken')
  await writeEffects(db, tx, effects)
  return 'linked'
}

async function claim(
  db: PrismaDatabase,
  tx: Queries,
  { account, email, at, reason }: Input<'claim'>,
  effects: Effects,
): Promise<'claimed' | 'account_taken' | 'stale'> {
  const { userId } = account
  const { count } = await tx.user.updateMany({
    where: { id: userId, email, emailVerifiedAt: null, blockedAt: null },
    data: {
      passwordHash: null,
      passwordVersion: { increment: 1 },
      emailVerifiedAt: at,
      updatedAt: at,
    },
  })
  if (count === 0) return 'stale'
  await insertAccount(tx, account, 'account_taken')
  await endSessions(tx, { userId, keepSessionId: null, at, reason })
  await voidCodes(tx, userId, [])
  await writeEffects(db, tx, effects)
  return 'claimed'
}

/** The person's row is written first: of two identities that are unlinked at once, the second sees that it is the last. */
async function unlink(
  db: PrismaDatabase,
  tx: Queries,
  { userId, at, provider, subject }: Input<'unlink'>,
  effects: Effects,
): Promise<'unlinked' | 'last_way_in' | 'not_found'> {
  const person = await tx.user.updateMany({ where: { id: userId }, data: { updatedAt: at } })
  const removed = await tx.authAccount.deleteMany({ where: { provider, subject, userId } })
  if (person.count === 0 || removed.count === 0) throw new Rollback(() => 'not_found')
  const owner = await tx.user.findFirst({
    where: { id: userId, passwordHash: { not: null } },
    select: { id: true },
  })
  const other =
    owner ?? (await tx.authAccount.findFirst({ where: { userId }, select: { subject: true } }))
  if (other === null) throw new Rollback(() => 'last_way_in')
  await writeEffects(db, tx, effects)
  return 'unlinked'
}
