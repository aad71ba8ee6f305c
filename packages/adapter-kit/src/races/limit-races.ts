import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import type { ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { defineRace, RACERS, type Race } from './race.ts'

type Outcome = Awaited<ReturnType<RateLimitStore['hit']>>

async function hit(
  { store, now }: ContractContext,
  hits: readonly Hit[],
  refunds: readonly string[] = [],
): Promise<Outcome> {
  return store.rateLimits.hit({ hits, refunds, now })
}

function allowedOf(outcomes: readonly Outcome[]): number {
  return countOf(
    outcomes.map((outcome) => outcome.status),
    'allowed',
  )
}

/** How much room a limit has: found out by using it up. */
async function roomOf(context: ContractContext, limit: Hit): Promise<number> {
  for (let room = 0; room <= limit.limit; room += 1) {
    if ((await hit(context, [limit])).status === 'limited') return room
  }
  return Number.POSITIVE_INFINITY
}

/** Races for a counter. */
export const limitRaces: readonly Race[] = [
  defineRace({
    name: 'rateLimits.hit: of many at once exactly as many are allowed as the limit says',
    group: 'rateLimits',
    prepare: async ({ make }) => make.hit({ limit: 7 }),
    call: async (context, limit, _index) => hit(context, [limit]),
    judge: async (context, limit, outcomes: readonly Outcome[]) => {
      expectEqual(allowedOf(outcomes), 7, 'how many were allowed')
      const resetsAt = context.make.at(limit.windowSeconds * 1000)
      const limited = { status: 'limited', key: limit.key, resetsAt }
      expectEqual(countOf(outcomes, limited), RACERS - 7, 'how many were told when it resets')
    },
  }),
  defineRace({
    name: 'rateLimits.hit: in a window that is over many at once start exactly one new window',
    group: 'rateLimits',
    prepare: async ({ store, make }) => {
      const limit = make.hit({ limit: 7 })
      const earlier = make.at(-60_000)
      for (let i = 0; i < 7; i += 1) {
        await store.rateLimits.hit({ hits: [limit], refunds: [], now: earlier })
      }
      return limit
    },
    call: async (context, limit, _index) => hit(context, [limit]),
    judge: async (_context, _limit, outcomes: readonly Outcome[]) =>
      expectEqual(allowedOf(outcomes), 7, 'how many were allowed'),
  }),
  defineRace({
    name: 'rateLimits.hit: many at once on two limits count on both or on neither',
    group: 'rateLimits',
    prepare: async ({ make }) => ({
      wide: make.hit({ limit: 20 }),
      narrow: make.hit({ limit: 5 }),
    }),
    // In either order of the keys, which must not matter.
    call: async (context, { wide, narrow }, index) =>
      hit(context, index % 2 === 0 ? [wide, narrow] : [narrow, wide]),
    judge: async (context, { wide }, outcomes: readonly Outcome[]) => {
      expectEqual(allowedOf(outcomes), 5, 'how many were allowed')
      expectEqual(await roomOf(context, wide), 15, 'the room that the wider limit has left')
    },
  }),
  defineRace({
    name: 'rateLimits.hit: hits and refunds at once lose nothing',
    group: 'rateLimits',
    prepare: async (context) => {
      const limit = context.make.hit({ limit: 40 })
      for (let i = 0; i < 16; i += 1) await hit(context, [limit])
      return limit
    },
    call: async (context, limit, index) =>
      index % 2 === 0 ? hit(context, [limit]) : hit(context, [], [limit.key]),
    judge: async (context, limit, outcomes: readonly Outcome[]) => {
      expectEqual(allowedOf(outcomes), RACERS, 'how many were allowed')
      expectEqual(await roomOf(context, limit), 24, 'the room that is left')
    },
  }),
  defineRace({
    name: 'rateLimits.hit: on two limits, one of them full, hits and refunds at once lose nothing',
    group: 'rateLimits',
    prepare: async (context) => {
      const limits = {
        wide: context.make.hit({ limit: 60 }),
        narrow: context.make.hit({ limit: 17 }),
      }
      for (let i = 0; i < 17; i += 1) await hit(context, Object.values(limits))
      return limits
    },
    call: async (context, { wide, narrow }, index) =>
      index % 2 === 0 ? hit(context, [wide, narrow]) : hit(context, [], [wide.key, narrow.key]),
    judge: async (context, { wide, narrow }, outcomes: readonly Outcome[]) => {
      // Those that are only refunds are always allowed.
      const left = 17 + allowedOf(outcomes) - RACERS / 2 - RACERS / 2
      expectEqual(await roomOf(context, narrow), 17 - left, 'the room that the full one has now')
      expectEqual(await roomOf(context, wide), 60 - left, 'the room that the wider one has')
    },
  }),
  defineRace({
    name: 'rateLimits.hit: refunds at once never go below zero',
    group: 'rateLimits',
    prepare: async (context) => {
      const limit = context.make.hit({ limit: 10 })
      for (let i = 0; i < 3; i += 1) await hit(context, [limit])
      return limit
    },
    call: async (context, limit, _index) => hit(context, [], [limit.key]),
    judge: async (context, limit, _outcomes: readonly Outcome[]) =>
      expectEqual(await roomOf(context, limit), 10, 'the room that is left'),
  }),
  defineRace({
    name: 'deleteExpired: of a counter that is begun anew at that moment no hit is lost',
    group: 'rateLimits',
    prepare: async ({ store, make }) => {
      const limit = make.hit({ limit: 40 })
      await store.rateLimits.hit({ hits: [limit], refunds: [], now: make.at(-60_000) })
      return limit
    },
    call: async (context, limit, index) => {
      const { store, now } = context
      if (index % 2 === 0) return (await hit(context, [limit])).status
      await store.deleteExpired({ now, endedBefore: now, limit: 200 })
      return 'pruned'
    },
    judge: async (context, limit, _outcomes: readonly string[]) =>
      expectEqual(await roomOf(context, limit), 40 - RACERS / 2, 'the room that is left'),
  }),
]
