import type { AccountIdentity, AccountStore, AppModel, Effects } from '@mindmesh/auth/ports'
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { write, type Access, type PostgresDatabase } from './database.ts'
import { writeEffects } from './effects.ts'
import { endAccess } from './end-access.ts'
import { oneStatement } from './one-statement.ts'
import { authAccounts } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Input<Method extends 'link' | 'claim' | 'unlink'> = Parameters<
  AccountStore<AppModel>[Method]
>[0]

/** Identities at OAuth providers. */
export function accountStore({ db, prepare }: Access, users: UsersTable): AccountStore<AppModel> {
  const identity = {
    provider: sql.placeholder('provider'),
    subject: sql.placeholder('subject'),
  }
  const findUser = prepare(
    'accounts.findUser',
    db
      .select(userColumnsOf(users))
      .from(authAccounts)
      .innerJoin(users, eq(users.id, authAccounts.userId))
      .where(isIdentity(identity)),
  )
  const listByUser = prepare(
    'accounts.listByUser',
    db
      .select()
      .from(authAccounts)
      .where(eq(authAccounts.userId, sql.placeholder('userId')))
      .orderBy(asc(authAccounts.createdAt)),
  )
  return {
    findUser: async ({ provider, subject }) => (await findUser({ provider, subject }))[0] ?? null,
    listByUser: async (userId) => listByUser({ userId }),
    link: async (input, effects) =>
      write(db, 'accounts.link', (tx) => link(tx, users, input, effects)),
    claim: async (input, effects) =>
      write(db, 'accounts.claim', (tx) => claim(tx, users, input, effects)),
    unlink: async (input, effects) =>
      write(db, 'accounts.unlink', (tx) => unlink(tx, users, input, effects)),
  }
}

function isIdentity({
  provider,
  subject,
}: {
  readonly [Key in keyof AccountIdentity]: string | ReturnType<typeof sql.placeholder>
}) {
  return and(eq(authAccounts.provider, provider), eq(authAccounts.subject, subject))
}

/** Writes an identity with the effects of its step, or undoes the whole step where somebody has it. */
export async function insertAccount(
  tx: PostgresDatabase,
  account: Input<'link'>['account'],
  { effects, taken }: { readonly effects: Effects; readonly taken: unknown },
): Promise<void> {
  const change = tx
    .insert(authAccounts)
    .values({ ...account })
    .onConflictDoNothing()
    .returning({ userId: authAccounts.userId })
  if ((await oneStatement(tx, { change, effects })) === 0) throw new Rollback(taken)
}

async function link(
  tx: PostgresDatabase,
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
  const written = await tx
    .update(users)
    .set({ updatedAt: account.createdAt })
    .where(and(eq(users.id, account.userId), isNull(users.blockedAt), isExpected))
    .returning({ id: users.id })
  if (written.length === 0) return 'stale'
  await insertAccount(tx, account, { effects, taken: 'account_taken' })
  return 'linked'
}

async function claim(
  tx: PostgresDatabase,
  users: UsersTable,
  { account, email, at, reason }: Input<'claim'>,
  effects: Effects,
): Promise<'claimed' | 'account_taken' | 'stale'> {
  const { userId } = account
  const isUnproven = and(
    eq(users.id, userId),
    eq(users.email, email),
    isNull(users.emailVerifiedAt),
    isNull(users.blockedAt),
  )
  const claimed = await tx
    .update(users)
    .set({
      passwordHash: null,
      passwordVersion: sql`${users.passwordVersion} + 1`,
      emailVerifiedAt: at,
      updatedAt: at,
    })
    .where(isUnproven)
    .returning({ id: users.id })
  if (claimed.length === 0) return 'stale'
  await endAccess(tx, { userId, keepSessionId: null, keepPurposes: [], at, reason })
  await insertAccount(tx, account, { effects, taken: 'account_taken' })
  return 'claimed'
}

/** The person's row is written first: of two identities that are unlinked at once, the second sees that it is the last. */
async function unlink(
  tx: PostgresDatabase,
  users: UsersTable,
  { userId, at, ...identity }: Input<'unlink'>,
  effects: Effects,
): Promise<'unlinked' | 'last_way_in' | 'not_found'> {
  const [person] = await tx
    .update(users)
    .set({ updatedAt: at })
    .where(eq(users.id, userId))
    .returning({ passwordHash: users.passwordHash })
  const isTheirs = and(isIdentity(identity), eq(authAccounts.userId, userId))
  const unlinked = await tx
    .delete(authAccounts)
    .where(isTheirs)
    .returning({ userId: authAccounts.userId })
  if (person === undefined || unlinked.length === 0) throw new Rollback('not_found')
  const mayBeLast = person.passwordHash === null
  if (mayBeLast && !(await hasAccount(tx, userId))) throw new Rollback('last_way_in')
  await writeEffects(tx, effects)
  return 'unlinked'
}

async function hasAccount(tx: PostgresDatabase, userId: string): Promise<boolean> {
  const isTheirs = eq(authAccounts.userId, userId)
  const rows = await tx.select().from(authAccounts).where(isTheirs).limit(1).$withCache(false)
  return rows.length > 0
}
