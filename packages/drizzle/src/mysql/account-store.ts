import type { AccountIdentity, AccountStore, AppModel, Effects } from '@mindmesh/auth/ports'
import { and, asc, eq, isNotNull, isNull, sql, type Param } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { placeholder } from './columns.ts'
import {
  affectedRows,
  foundRow,
  guarded,
  marked,
  read,
  readOne,
  write,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { isDuplicate } from './driver-error.ts'
import { voidCodes, writeEffects } from './effects.ts'
import { endSessions } from './session-store.ts'
import { authAccounts } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Input<Method extends 'link' | 'claim' | 'unlink'> = Parameters<
  AccountStore<AppModel>[Method]
>[0]

/** Identities at OAuth providers. */
export function accountStore(db: MysqlDatabase, users: UsersTable): AccountStore<AppModel> {
  const findUser = db.orm
    .select(userColumnsOf(users))
    .from(authAccounts)
    .innerJoin(users, eq(users.id, authAccounts.userId))
    .where(
      isIdentity({
        provider: placeholder('provider', authAccounts.provider),
        subject: placeholder('subject', authAccounts.subject),
      }),
    )
    .prepare()
  return {
    findUser: async ({ provider, subject }) =>
      readOne(db, 'accounts.findUser', async () => findUser.execute({ provider, subject })),
    listByUser: async (userId) =>
      read(db, 'accounts.listByUser', async () =>
        db.orm
          .select()
          .from(authAccounts)
          .where(eq(authAccounts.userId, userId))
          .orderBy(asc(authAccounts.createdAt)),
      ),
    link: async (input, effects) =>
      write(db, 'accounts.link', async (tx) => link(tx, users, input, effects)),
    claim: async (input, effects) =>
      write(db, 'accounts.claim', async (tx) => claim(tx, users, input, effects)),
    unlink: async (input, effects) =>
      write(db, 'accounts.unlink', async (tx) => unlink(tx, users, input, effects)),
  }
}

function isIdentity({
  provider,
  subject,
}: {
  readonly [Key in keyof AccountIdentity]: string | Param
}) {
  return and(eq(authAccounts.provider, provider), eq(authAccounts.subject, subject))
}

/** Writes an identity, or undoes the whole step where somebody has it. */
export async function insertAccount(
  tx: MysqlTransaction,
  account: Input<'link'>['account'],
  taken: unknown,
): Promise<void> {
  try {
    await tx.insert(authAccounts).values({ ...account })
  } catch (error) {
    if (isDuplicate(error)) throw new Rollback(taken)
    throw error
  }
}

async function link(
  tx: MysqlTransaction,
  users: UsersTable,
  { account, expected }: Input<'link'>,
  effects: Effects,
): Promise<'linked' | 'account_taken' | 'stale'> {
  const isExpected =
    expected === null
      ? undefined
      : and(
          eq(users.email, expected.email),
          eq(users.passwordVersion, expected.passwordVersion),
          isNotNull(users.emailVerifiedAt),
        )
  const set = { updatedAt: account.createdAt, passwordVersion: marked(users.passwordVersion) }
  const isTheirs = guarded(eq(users.id, account.userId), isNull(users.blockedAt), isExpected)
  if (!(await foundRow(tx.update(users).set(set).where(isTheirs)))) return 'stale'
  await insertAccount(tx, account, 'account_taken')
  await writeEffects(tx, effects)
  return 'linked'
}

async function claim(
  tx: MysqlTransaction,
  users: UsersTable,
  { account, email, at, reason }: Input<'claim'>,
  effects: Effects,
): Promise<'claimed' | 'account_taken' | 'stale'> {
  const { userId } = account
  const isUnproven = guarded(
    eq(users.id, userId),
    eq(users.email, email),
    isNull(users.emailVerifiedAt),
    isNull(users.blockedAt),
  )
  const set = {
    passwordHash: null,
    passwordVersion: sql`${users.passwordVersion} + 1`,
    emailVerifiedAt: at,
    updatedAt: at,
  }
  if ((await affectedRows(tx.update(users).set(set).where(isUnproven))) === 0) return 'stale'
  await insertAccount(tx, account, 'account_taken')
  await endSessions(tx, { userId, keepSessionId: null, at, reason })
  await voidCodes(tx, userId, [])
  await writeEffects(tx, effects)
  return 'claimed'
}

/** The person's row is written first: of two identities that are unlinked at once, the second sees that it is the last. */
async function unlink(
  tx: MysqlTransaction,
  users: UsersTable,
  { userId, at, ...identity }: Input<'unlink'>,
  effects: Effects,
): Promise<'unlinked' | 'last_way_in' | 'not_found'> {
  await tx.update(users).set({ updatedAt: at }).where(eq(users.id, userId))
  const isTheirs = guarded(isIdentity(identity), eq(authAccounts.userId, userId))
  const changes = await affectedRows(tx.delete(authAccounts).where(isTheirs))
  // The first read of the transaction: it sees what others committed while the first write waited.
  const [person] = await tx
    .select({ passwordHash: users.passwordHash, otherAccount: authAccounts.subject })
    .from(users)
    .leftJoin(authAccounts, eq(authAccounts.userId, users.id))
    .where(eq(users.id, userId))
    .limit(1)
  if (person === undefined || changes === 0) throw new Rollback('not_found')
  if (person.passwordHash === null && person.otherAccount === null) {
    throw new Rollback('last_way_in')
  }
  await writeEffects(tx, effects)
  return 'unlinked'
}
