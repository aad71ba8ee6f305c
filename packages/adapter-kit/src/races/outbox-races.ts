import type { ClaimedMail, OutboxMail } from '@mindmesh/auth/ports'
import type { ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'
import { defineRace, expectOneWinner, RACERS, type Race } from './race.ts'

const LEASE_SECONDS = 60

/** Twice as many mails as workers. */
async function prepareMails({ store, make }: ContractContext): Promise<readonly string[]> {
  const mails: OutboxMail[] = Array.from({ length: RACERS * 2 }, () => make.mail())
  await store.events.append([], mails)
  return mails.map((mail) => mail.id)
}

async function claim({ store, make }: ContractContext, now: Date): Promise<readonly ClaimedMail[]> {
  return store.outbox.claim({ leaseId: make.id(), leaseSeconds: LEASE_SECONDS, limit: 5, now })
}

/** What was claimed of these mails, by all workers together. */
function claimedOf(
  ids: readonly string[],
  outcomes: readonly (readonly ClaimedMail[])[],
): readonly ClaimedMail[] {
  return outcomes.flat().filter((mail) => ids.includes(mail.id))
}

/** Takes what nobody had yet, so that the next round starts without it. */
async function expectEachOnce(
  context: ContractContext,
  ids: readonly string[],
  claimed: readonly ClaimedMail[],
  at: { readonly now: Date; readonly attempts: number },
): Promise<void> {
  const rest = await context.store.outbox.claim({
    leaseId: context.make.id(),
    leaseSeconds: LEASE_SECONDS,
    limit: RACERS * 100,
    now: at.now,
  })
  const all = [...claimed, ...rest.filter((mail) => ids.includes(mail.id))]
  expectEqual(all.map((mail) => mail.id).toSorted(), [...ids].toSorted(), 'the mails claimed')
  const attempts = [...new Set(all.map((mail) => mail.attempts))]
  expectEqual(attempts, [at.attempts], 'the attempts that were counted')
}

/** Races for mail that waits. */
export const outboxRaces: readonly Race[] = [
  defineRace({
    name: 'outbox.claim: of many workers at once each mail goes to one',
    group: 'outbox',
    prepare: prepareMails,
    call: async (context, _ids, _index) => claim(context, context.now),
    judge: async (context, ids, outcomes: readonly (readonly ClaimedMail[])[]) =>
      expectEachOnce(context, ids, claimedOf(ids, outcomes), { now: context.now, attempts: 1 }),
  }),
  defineRace({
    name: 'outbox.claim: of many workers at once one takes over what a dead one held',
    group: 'outbox',
    prepare: async (context) => {
      const ids = await prepareMails(context)
      const { store, make, now } = context
      const leaseId = make.id()
      const limit = RACERS * 100
      await store.outbox.claim({ leaseId, leaseSeconds: LEASE_SECONDS, limit, now })
      return { ids, later: make.at(LEASE_SECONDS * 1000) }
    },
    call: async (context, { later }, _index) => claim(context, later),
    judge: async (context, { ids, later }, outcomes: readonly (readonly ClaimedMail[])[]) =>
      expectEachOnce(context, ids, claimedOf(ids, outcomes), { now: later, attempts: 2 }),
  }),
  defineRace({
    name: 'outbox.complete: of many at once exactly one completes',
    group: 'outbox',
    prepare: async (context) => {
      const { store, make, now } = context
      const mail = make.mail({ createdAt: make.at(-3_600_000) })
      await store.events.append([], [mail])
      const leaseId = make.id()
      await store.outbox.claim({ leaseId, leaseSeconds: LEASE_SECONDS, limit: RACERS * 100, now })
      return { id: mail.id, leaseId }
    },
    call: async ({ store, make }, { id, leaseId }, index) =>
      store.outbox.complete({ id, leaseId, at: make.at(index) }),
    judge: async (_context, _mail, outcomes: readonly string[]) => {
      expectOneWinner(outcomes, { won: 'completed', lost: 'stale' })
    },
  }),
]
