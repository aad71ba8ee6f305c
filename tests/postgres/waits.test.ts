import { contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import type { User } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { hasPostgres, openPostgres, type PostgresTest } from '../support/postgres.ts'

type Store = PostgresTest['store']

/** Somebody registered, and what the calls on them need. */
async function registerSomebody(store: Store) {
  const context = contractContext(store)
  const { make } = context
  const input = {
    user: make.newUser(),
    profile: {},
    account: null,
    reservation: make.reservation(),
  }
  const outcome = await store.users.register(input, {})
  if (outcome.status !== 'registered') throw new Error(outcome.status)
  return { ...context, user: outcome.user }
}

/** Waits until some statement of this database waits for a lock. */
async function untilSomebodyWaits({ client }: PostgresTest): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await client`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    if (waiting.length === 0) throw new Error('Nobody waits for a lock.')
  })
}

/** What an app's database may have as its default. */
const ISOLATIONS = ['read committed', 'repeatable read'] as const

describe.runIf(hasPostgres)(
  'a step that waits for the person’s row sees what was committed while it waited',
  () => {
    type Ending = (store: Store, user: User, make: Make) => Promise<unknown>
    type Make = Awaited<ReturnType<typeof registerSomebody>>['make']
    const endings: Readonly<Record<string, Ending>> = {
      'users.block': async (store, { id }, make) =>
        store.users.block({ userId: id, at: make.at(5), reason: null, keepPurposes: [] }, {}),
      'users.setPassword': async (store, { id, passwordVersion }, make) =>
        store.users.setPassword(
          {
            userId: id,
            passwordVersion,
            passwordHash: '$argon2id$new',
            at: make.at(5),
            keepSessionId: null,
            keepPurposes: [],
            unlinkAccounts: false,
            reason: 'password_reset',
          },
          {},
        ),
      'users.changeEmail': async (store, { id, email }, make) =>
        store.users.changeEmail(
          {
            userId: id,
            from: email,
            to: 'new@example.com',
            displayEmail: 'new@example.com',
            at: make.at(5),
            reason: 'email_changed',
            keepPurposes: [],
            reservation: make.reservation(),
          },
          {},
        ),
      'accounts.claim': async (store, user, make) =>
        store.accounts.claim(
          {
            account: make.account(user),
            email: user.email,
            at: make.at(5),
            reason: 'account_claimed',
          },
          {},
        ),
      'users.delete': async (store, { id }) => store.users.delete(id, {}),
    }
    test.each(
      Object.keys(endings).flatMap((name) => ISOLATIONS.map((isolation) => ({ name, isolation }))),
    )('$name under $isolation: ends the session of a sign-in', async ({ name, isolation }) => {
      const opened = await openPostgres({
        connection: { default_transaction_isolation: isolation },
      })
      const { store, make, user, now } = await registerSomebody(opened.store)
      const session = make.newSession(user)
      const ending = await opened.db.transaction(async (tx) => {
        const expected = { email: user.email, passwordVersion: user.passwordVersion }
        await drizzlePostgres(tx).sessions.open({ session, expected }, {})
        const call = endings[name]?.(store, user, make)
        await untilSomebodyWaits(opened)
        return { call }
      })
      await ending.call
      expect(await store.sessions.listLive(user.id, now)).toEqual([])
      await opened.close()
    })

    test.each(ISOLATIONS)(
      'users.register under %s: an address that its owner gives up meanwhile stays reserved',
      async (isolation) => {
        const opened = await openPostgres({
          connection: { default_transaction_isolation: isolation },
        })
        const { store, make, user, now } = await registerSomebody(opened.store)
        const undo = make.newCode({ userId: user.id, purpose: 'email_undo' })
        const reservation = { purpose: undo.purpose, subject: undo.subject, now }
        const rival = make.newUser({ email: user.email })
        const input = { user: rival, profile: {}, account: null, reservation }
        const { call } = await opened.db.transaction(async (tx) => {
          await tx.execute(sql`update users set email = 'new@example.com' where id = ${user.id}`)
          await drizzlePostgres(tx).codes.issue(undo, {})
          const registering = store.users.register(input, {})
          await untilSomebodyWaits(opened)
          return { call: registering }
        })
        expect(await call).toEqual({ status: 'email_taken' })
        await opened.close()
      },
    )
  },
)
