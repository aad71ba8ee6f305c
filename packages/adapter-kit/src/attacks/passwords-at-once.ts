import { RACERS } from '../races/race.ts'
import { countOf, expectEqual } from '../expect.ts'
import { eventsOf, expectOneOk, somebody } from './arrange-race.ts'
import { defineAttackRace, type AttackRace } from './attack-case.ts'
import { NEXT_PASSWORD, PASSWORD } from './attack-context.ts'
import { expectRefused, outcomeOf, tally } from './outcome-of.ts'

/** Passwords, guessed and reset many times at once. */
export const passwordsAtOnce: readonly AttackRace[] = [
  defineAttackRace({
    name: 'tries many passwords of one account at once, each from another address',
    group: 'at once',
    prepare: async (c) => ({ ...(await somebody(c)), now: c.clock.now() }),
    call: async (c, { email, now }, index) => {
      c.clock.set(now)
      const stranger = c.from({ ipAddress: `192.0.2.${index}` })
      return outcomeOf(stranger.auth.login(email, `guess number ${index}`))
    },
    async judge(c, { id, email }, outcomes: readonly string[]) {
      const { loginFailures } = c.limits
      expectEqual(await eventsOf(c, id, 'LOGIN_FAILED'), loginFailures, 'guesses compared')
      expectEqual(countOf(outcomes, 'ok'), 0, 'how many got in')
      await expectRefused(c.app.auth.login(email, PASSWORD), ['rate_limited'], 'one more')
    },
  }),
  defineAttackRace({
    name: 'asks for many reset links at once',
    group: 'at once',
    prepare: async (c) => {
      const person = await somebody(c)
      return { ...person, now: c.clock.now() }
    },
    call: async (c, { email, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().password.requestReset(email))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      const { resetRequest } = c.limits
      const expected = { ok: resetRequest, rate_limited: RACERS - resetRequest }
      expectEqual(tally(outcomes), expected, 'answers')
      expectEqual(await eventsOf(c, id, 'PASSWORD_RESET_REQUESTED'), resetRequest, 'requests')
    },
  }),
  defineAttackRace({
    name: 'uses one reset link many times at once, each time for another password',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      await c.app.password.requestReset(email)
      return { id, email, token: await c.newestToken(email), now: c.clock.now() }
    },
    call: async (c, { token, now }, index) => {
      c.clock.set(now)
      return outcomeOf(c.from().password.reset(token, `${NEXT_PASSWORD} ${index}`))
    },
    async judge(c, { id, email }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['link_invalid', 'conflict'])
      expectEqual(await eventsOf(c, id, 'PASSWORD_RESET_COMPLETED'), 1, 'resets')
      const winner = `${NEXT_PASSWORD} ${outcomes.indexOf('ok')}`
      expectEqual(await outcomeOf(c.app.auth.login(email, winner)), 'ok', 'the winner’s password')
    },
  }),
]
