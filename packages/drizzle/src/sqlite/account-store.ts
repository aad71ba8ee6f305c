import type { AccountIdentity, AccountStore, AppModel } from '@mindmesh/auth/ports'
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { once } from '../shared/once.ts'
import { read, violatesUnique, write, type SqliteDatabase } from './database.ts'
import { voidCodes, type Access } from './effects.ts'
import { endSessions } from './session-store.ts'
import { authAccounts } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Input<Method extends 'link' | 'claim' | 'unlink'> = Parameters<
  AccountStore<AppModel>[Method]
>[0]

/** Identities at OAuth providers. */
export function accountStore({ db, writer }: Access, users: UsersTable): AccountStore<AppModel> {
  const findUser = once(() =>
    db
      .select(userColumnsOf(users))
      .from(authAccounts)
      .innerJoin(users, eq(users.id, authAccounts.userId))
      .where(
        isIdentity({ provider: sql.placeholder('provider'), subject: sql.placeholder('subject') }),
      )
      .prepare(),
  )
  return {
    findUser: async ({ provider, subject }) =>
      read('accounts.findUser', () => findUser().get({ provider, subject }) ?? null),
    listByUser: async (userId) =>
      read('accounts.listByUser', () =>
        db
          .select()
          .from(authAccounts)
          .where(eq(authAccounts.userId, userId))
          .orderBy(asc(authAccounts.createdAt))
          .all(),
      ),
    link: async (input, effects) =>
      write(db, 'accounts.link', (tx) => link(tx, users, input, () => writer.write(effects))),
    claim: async (input, effects) =>
      write(db, 'accounts.claim', (tx) => claim(tx, users, input, () => writer.write(effects))),
    unlink: async (input, effects) =>
      write(db, 'accounts.unlink', (tx) => unlink(tx, users, input, () => writer.write(effects))),
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

/** Writes an identity, or undoes the whole step where somebody has it. */
export function insertAccount(
  tx: SqliteDatabase,
  account: Input<'link'>['account'],
  taken: unknown,
): void {
  try {
    tx.insert(authAccounts)
      .values({ ...account })
      .run()
  } catch (error) {
    if (violatesUnique(error, 'auth_accounts')) throw new Rollback(taken)
    throw error
  }
}

function link(
  tx: SqliteDatabase,
  users: UsersTable,
  { account, expected }: Input<'link'>,
  writeEffects: () => void,
): 'linked' | 'account_taken' | 'stale' {
  const isExpected =
    expected === null
      ? undefined
      : and(
          eq(users.email, expected.email),
          eq(users.passwordVersion, expected.passwordVersion),
          isNotNull(users.emailVerifiedAt),
        )
  const { changes } = tx
    .update(users)
    .set({ updatedAt: account.createdAt })
    .where(and(eq(users.id, account.userId), isNull(users.blockedAt), isExpected))
    .run()
  if (changes === 0) return 'stale'
  insertAccount(tx, account, 'account_taken')
  writeEffects()
  return 'linked'
}

function claim(
  tx: SqliteDatabase,
  users: UsersTable,
  { account, email, at, reason }: Input<'claim'>,
  writeEffects: () => void,
): 'claimed' | 'account_taken' | 'stale' {
  const { userId } = account
  const isUnproven = and(
    eq(users.id, userId),
    eq(users.email, email),
    isNull(users.emailVerifiedAt),
    isNull(users.blockedAt),
  )
  const { changes } = tx
    .update(users)
    .set({
      passwordHash: null,
      passwordVersion: sql`${users.passwordVersion} + 1`,
      emailVerifiedAt: at,
      updatedAt: at,
    })
    .where(isUnproven)
    .run()
  if (changes === 0) return 'stale'
  insertAccount(tx, account, 'account_taken')
  endSessions(tx, { userId, keepSessionId: null, at, reason })
  voidCodes(tx, userId, [])
  writeEffects()
  return 'claimed'
}

/** The person's row is written first: of two identities that are unlinked at once, the second sees that it is the last. */
function unlink(
  tx: SqliteDatabase,
  users: UsersTable,
  { userId, at, ...identity }: Input<'unlink'>,
  writeEffects: () => void,
): 'unlinked' | 'last_way_in' | 'not_found' {
  const [person] = tx
    .update(users)
    .set({ updatedAt: at })
    .where(eq(users.id, userId))
    .returning({ passwordHash: users.passwordHash })
    .all()
  const isTheirs = and(isIdentity(identity), eq(authAccounts.userId, userId))
  const { changes } = tx.delete(authAccounts).where(isTheirs).run()
  if (person === undefined || changes === 0) throw new Rollback('not_found')
  if (person.passwordHash === null && !hasAccount(tx, userId)) throw new Rollback('last_way_in')
  writeEffects()
  return 'unlinked'
}

function hasAccount(tx: SqliteDatabase, userId: string): boolean {
  const isTheirs = eq(authAccounts.userId, userId)
  return tx.select().from(authAccounts).where(isTheirs).limit(1).get() !== undefined
}
