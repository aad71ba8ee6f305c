import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'

type Outcome = Awaited<ReturnType<RateLimitStore['hit']>>

const ALLOWED: Outcome = { status: 'allowed' }

async function hit(
  { store }: ContractContext,
  hits: readonly Hit[],
  now: Date,
  refunds: readonly string[] = [],
): Promise<Outcome> {
  return store.rateLimits.hit({ hits, refunds, now })
}

/** Uses up so many hits of a limit. */
async function fill(context: ContractContext, limit: Hit, count: number, now: Date): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    expectEqual(await hit(context, [limit], now), ALLOWED, 'rateLimits.hit')
  }
}

/** What counters do. */
export const limitCases: readonly ContractCase[] = casesOf('rateLimits', {
  'rateLimits.hit: as many as the limit says, then when it resets': async (context) => {
    const limit = context.make.hit({ limit: 3, windowSeconds: 60 })
    await fill(context, limit, 3, context.now)
    const resetsAt = context.make.at(60_000)
    const limited = { status: 'limited', key: limit.key, resetsAt }
    expectEqual(await hit(context, [limit], context.make.at(59_999)), limited, 'one more')
  },
  'rateLimits.hit: the window starts with its first hit and does not slide': async (context) => {
    const { make } = context
    const limit = make.hit({ limit: 2, windowSeconds: 60 })
    await fill(context, limit, 1, make.at(0))
    await fill(context, limit, 1, make.at(50_000))
    const limited = { status: 'limited', key: limit.key, resetsAt: make.at(60_000) }
    expectEqual(await hit(context, [limit], make.at(59_999)), limited, 'one more')
    await fill(context, limit, 2, make.at(60_000))
    const again = { ...limited, resetsAt: make.at(120_000) }
    expectEqual(await hit(context, [limit], make.at(60_001)), again, 'one more in the next window')
  },
  'rateLimits.hit: keys are counted apart, also where they differ in case': async (context) => {
    const resetsAt = context.make.at(60_000)
    for (const key of ['Key-a', 'key-a', 'Key-b']) {
      const limit = context.make.hit({ key, limit: 2 })
      await fill(context, limit, 2, context.now)
      const limited = { status: 'limited', key, resetsAt }
      // A store that counts them together may find no row under this key, and refuse nothing.
      expectEqual(await hit(context, [limit], context.now), limited, `one more of ${key}`)
    }
  },
  'rateLimits.hit: where one limit is used up none of them is counted': async (context) => {
    const { make, now } = context
    const [full, open] = [make.hit({ limit: 1 }), make.hit({ limit: 2 })]
    await fill(context, full, 1, now)
    for (const hits of [
      [full, open],
      [open, full],
    ]) {
      expectEqual((await hit(context, hits, now)).status, 'limited', 'rateLimits.hit of both')
    }
    await fill(context, open, 2, now)
  },
  'rateLimits.hit: of several that are used up the one that resets last is named': async (
    context,
  ) => {
    const { make, now } = context
    const [soon, late] = [
      make.hit({ limit: 1, windowSeconds: 60 }),
      make.hit({ limit: 1, windowSeconds: 3600 }),
    ]
    await fill(context, soon, 1, now)
    await fill(context, late, 1, now)
    const limited = { status: 'limited', key: late.key, resetsAt: make.at(3_600_000) }
    expectEqual(await hit(context, [soon, late], now), limited, 'in one order')
    expectEqual(await hit(context, [late, soon], now), limited, 'in the other')
  },
  'rateLimits.hit: a limit that the call itself used up refuses only the next': async (context) => {
    const { make, now } = context
    const [one, two] = [make.hit({ limit: 1 }), make.hit({ limit: 1 })]
    expectEqual(await hit(context, [one, two], now), ALLOWED, 'rateLimits.hit of both')
    expectEqual((await hit(context, [two, one], now)).status, 'limited', 'of both again')
  },
  'rateLimits.hit: a refund gives one hit back, never below zero': async (context) => {
    const { make, now } = context
    const limit = make.hit({ limit: 2 })
    await fill(context, limit, 2, now)
    for (let i = 0; i < 3; i += 1) {
      expectEqual(await hit(context, [], now, [limit.key]), ALLOWED, 'a refund')
    }
    await fill(context, limit, 2, now)
    expectEqual((await hit(context, [limit], now)).status, 'limited', 'one more')
  },
  'rateLimits.hit: a window whose hits were all given back is over': async (context) => {
    const { make } = context
    const limit = make.hit({ limit: 2, windowSeconds: 60 })
    await fill(context, limit, 2, make.at(0))
    for (const at of [10_000, 10_001]) await hit(context, [], make.at(at), [limit.key])
    await fill(context, limit, 2, make.at(50_000))
    const limited = { status: 'limited', key: limit.key, resetsAt: make.at(110_000) }
    expectEqual(await hit(context, [limit], make.at(109_999)), limited, 'one more')
    await hit(context, [], make.at(109_999), [limit.key])
    await fill(context, limit, 1, make.at(109_999))
    expectEqual(await hit(context, [limit], make.at(109_999)), limited, 'with one left in it')
  },
  'rateLimits.hit: a refund of an unknown or a past window changes nothing': async (context) => {
    const { make, now } = context
    const limit = make.hit({ limit: 1, windowSeconds: 60 })
    expectEqual(await hit(context, [], now, [limit.key]), ALLOWED, 'an unknown one')
    await fill(context, limit, 1, now)
    expectEqual(await hit(context, [], make.at(60_000), [limit.key]), ALLOWED, 'a past one')
    expectEqual((await hit(context, [limit], make.at(59_999))).status, 'limited', 'one more')
  },
  'rateLimits.hit: nothing is refunded where a limit refuses': async (context) => {
    const { make, now } = context
    const [full, other] = [make.hit({ limit: 1 }), make.hit({ limit: 1 })]
    await fill(context, full, 1, now)
    await fill(context, other, 1, now)
    const refused = await hit(context, [full], now, [other.key])
    expectEqual(refused.status, 'limited', 'rateLimits.hit with a refund')
    expectEqual((await hit(context, [other], now)).status, 'limited', 'the other limit')
  },
  'rateLimits.hit: several refunds in one call give each its hit back': async (context) => {
    const { make, now } = context
    const limits = [make.hit({ limit: 1 }), make.hit({ limit: 1 })]
    for (const limit of limits) await fill(context, limit, 1, now)
    const third = make.hit({ limit: 1 })
    const keys = limits.map((limit) => limit.key)
    expectEqual(await hit(context, [third], now, keys), ALLOWED, 'a hit with two refunds')
    for (const limit of limits) await fill(context, limit, 1, now)
    expectEqual((await hit(context, [third], now)).status, 'limited', 'the third limit')
  },
  'rateLimits.hit: a window of a hundred years works': async (context) => {
    const limit = context.make.hit({ limit: 1, windowSeconds: 3_155_760_000 })
    await fill(context, limit, 1, context.now)
    const resetsAt = context.make.at(3_155_760_000_000)
    const limited = { status: 'limited', key: limit.key, resetsAt }
    expectEqual(await hit(context, [limit], context.now), limited, 'one more')
  },
})
