import { RACERS } from '../races/race.ts'
import { expectEqual } from '../expect.ts'
import { eventsOf, somebody } from './arrange-race.ts'
import { defineAttackRace, type AttackRace } from './attack-case.ts'
import { NEXT_PASSWORD, type AttackContext } from './attack-context.ts'
import { expectRefused, outcomeOf, tally, valueOrNull } from './outcome-of.ts'

const OF_SESSIONS: readonly AttackRace[] = [
  defineAttackRace({
    name: 'uses one refresh token many times at once, to have several sessions',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      const { refreshToken } = await c.signIn(email)
      return { id, refreshToken, now: c.clock.now() }
    },
    call: async (c, { refreshToken, now }, _index) => {
      c.clock.set(now)
      return (await c.from().auth.refresh(refreshToken)).refreshToken
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectEqual(new Set(outcomes).size, 1, 'different successors')
      expectEqual((await c.app.session.list(id)).length, 1, 'sessions')
      expectEqual(await eventsOf(c, id, 'SESSION_REFRESHED'), 1, 'rotations')
    },
  }),
  defineAttackRace({
    name: 'uses a stolen refresh token many times at once, after its owner has moved on',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      const { refreshToken } = await c.signIn(email)
      const { refreshToken: next } = await c.app.auth.refresh(refreshToken)
      await c.app.auth.refresh(next)
      return { id, refreshToken, now: c.clock.now() }
    },
    call: async (c, { refreshToken, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().auth.refresh(refreshToken))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectEqual(tally(outcomes), { session_revoked: RACERS }, 'answers')
      expectEqual(await c.app.session.list(id), [], 'sessions')
      expectEqual(await eventsOf(c, id, 'REFRESH_TOKEN_REUSED'), 1, 'events')
    },
  }),
]

/** One of several callers ends everything; the others must be left with nothing. */
const AGAINST_AN_END: readonly AttackRace[] = (
  [
    ['a block', async (c, { id }) => c.app.user.block(id)],
    ['a deletion', async (c, { id }) => c.app.user.delete(id)],
    ['the owner’s reset', async (c, { token }) => c.app.password.reset(token, NEXT_PASSWORD)],
  ] satisfies readonly (readonly [
    string,
    (c: AttackContext, person: { id: string; token: string }) => Promise<void>,
  ])[]
).map(([what, end]) =>
  defineAttackRace({
    name: `refreshes while ${what} ends the session`,
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      const { refreshToken, accessToken } = await c.signIn(email)
      await c.app.password.requestReset(email)
      const token = await c.newestToken(email)
      return { id, refreshToken, accessToken, token, now: c.clock.now() }
    },
    call: async (c, { id, refreshToken, token, now }, index) => {
      c.clock.set(now)
      if (index === 5) await end(c, { id, token })
      return valueOrNull(c.from().auth.refresh(refreshToken))
    },
    async judge(
      c,
      start,
      outcomes: readonly ({ refreshToken: string; accessToken: string } | null)[],
    ) {
      expectEqual(await c.app.session.list(start.id), [], 'sessions')
      for (const tokens of [start, ...outcomes]) {
        if (tokens === null) continue
        const ended = ['session_revoked', 'account_blocked', 'token_invalid']
        await expectRefused(c.app.auth.refresh(tokens.refreshToken), ended, 'a refresh token')
        await expectRefused(c.app.auth.getUserFromToken(tokens.accessToken), ended, 'a token')
      }
    },
  }),
)

/** Sessions, refreshed many times at once, also while something ends them. */
export const sessionsAtOnce: readonly AttackRace[] = [...OF_SESSIONS, ...AGAINST_AN_END]
