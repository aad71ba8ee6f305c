import type { AuthStore } from '@mindmesh/auth/ports'
import { issue, openSession, register, sortedIds } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'

const NOTHING = { codes: 0, sessions: 0, rateLimits: 0, mails: 0 }

async function prune(
  { store, make, now }: ContractContext,
  limit = 100,
): Promise<Awaited<ReturnType<AuthStore['deleteExpired']>>> {
  return store.deleteExpired({ now, endedBefore: make.at(-1000), limit })
}

/** Sends a mail, or gives it up, at this moment. */
async function endMail(
  { store, make }: ContractContext,
  at: Date,
  how: 'complete' | 'fail',
): Promise<void> {
  const createdAt = make.at(-100_000)
  const mail = make.mail({ createdAt })
  await store.events.append([], [mail])
  const leaseId = make.id()
  await store.outbox.claim({ leaseId, leaseSeconds: 60, limit: 1, now: createdAt })
  const held = { id: mail.id, leaseId, at }
  await (how === 'complete'
    ? store.outbox.complete(held)
    : store.outbox.fail({ ...held, retryAt: null, error: 'timeout' }, {}))
}

/** What keeps the tables small, and the check of the tables. */
export const storeCases: readonly ContractCase[] = casesOf('store', {
  'assertSchema: resolves where everything is as it must be': async ({ store }) =>
    store.assertSchema(),
  'migrations: where the adapter ships some, all are applied, and applying again changes nothing':
    async ({ store }) => {
      const before = (await store.migrations?.list()) ?? []
      const open = before.filter((migration) => !migration.isApplied)
      expectEqual(open, [], 'the migrations that are not applied')
      await store.migrations?.apply()
      expectEqual((await store.migrations?.list()) ?? [], before, 'the migrations')
    },
  'readTime: where the database tells its time, it is a moment of this day': async ({ store }) => {
    const time = (await store.readTime?.()) ?? new Date()
    expectEqual(Math.abs(time.getTime() - Date.now()) < 86_400_000, true, 'whether it is')
  },
  'deleteExpired: an empty store has nothing to delete': async (context) =>
    expectEqual(await prune(context), NOTHING, 'the counts'),
  'deleteExpired: codes at their end go, live ones stay': async (context) => {
    const { store, make } = context
    const user = await register(context)
    await issue(context, { userId: user.id, expiresAt: make.at(0) })
    const live = await issue(context, { userId: user.id, expiresAt: make.at(1) })
    expectEqual(await prune(context), { ...NOTHING, codes: 1 }, 'the counts')
    expectEqual(await store.codes.listByUser(user.id), [live], 'the codes')
  },
  'deleteExpired: sessions that ended long ago go, all others stay': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const expiresAt = make.at(-1001)
    await openSession(context, user, { expiresAt })
    const revoked = await openSession(context, user)
    const at = make.at(-1001)
    await store.sessions.revoke({ sessionId: revoked.id, at, reason: 'logout' }, {})
    const kept = [
      await openSession(context, user, { expiresAt: make.at(-1000) }),
      await openSession(context, user),
    ]
    const recent = await openSession(context, user)
    const lately = make.at(-1000)
    await store.sessions.revoke({ sessionId: recent.id, at: lately, reason: 'logout' }, {})
    expectEqual(await prune(context), { ...NOTHING, sessions: 2 }, 'the counts')
    const left = await store.sessions.listAll(user.id)
    expectEqual(sortedIds(left), sortedIds([...kept, recent]), 'the sessions')
  },
  'deleteExpired: counters whose window is over go, open ones count on': async (context) => {
    const { store, make, now } = context
    const [past, open] = [make.hit({ limit: 1 }), make.hit({ limit: 1 })]
    await store.rateLimits.hit({ hits: [past], refunds: [], now: make.at(-60_000) })
    await store.rateLimits.hit({ hits: [open], refunds: [], now: make.at(-59_999) })
    expectEqual(await prune(context), { ...NOTHING, rateLimits: 1 }, 'the counts')
    const { status } = await store.rateLimits.hit({ hits: [open], refunds: [], now })
    expectEqual(status, 'limited', 'the open counter')
  },
  'deleteExpired: mail that was sent or given up long ago goes, waiting mail stays': async (
    context,
  ) => {
    const { store, make } = context
    for (const how of ['complete', 'fail'] as const) {
      await endMail(context, make.at(-1001), how)
      await endMail(context, make.at(-1000), how)
    }
    const waiting = make.mail({ createdAt: make.at(-999_999) })
    await store.events.append([], [waiting])
    expectEqual(await prune(context), { ...NOTHING, mails: 2 }, 'the counts')
    const claim = { leaseId: make.id(), leaseSeconds: 60, limit: 10, now: context.now }
    const due = await store.outbox.claim(claim)
    expectEqual(sortedIds(due), [waiting.id], 'the mail that waits')
  },
  'deleteExpired: at most the limit of each kind, the rest in the next call': async (context) => {
    for (let i = 0; i < 5; i += 1) await issue(context, { expiresAt: context.now })
    expectEqual((await prune(context, 3)).codes, 3, 'the first call')
    expectEqual((await prune(context, 3)).codes, 2, 'the second call')
  },
})
