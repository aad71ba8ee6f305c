import { expectEqual, present } from '../expect.ts'
import { eventsOf, expectOneOk, somebody } from './arrange-race.ts'
import { defineAttackRace, type AttackRace } from './attack-case.ts'
import { PASSWORD } from './attack-context.ts'
import { personAt } from './attack-provider.ts'
import { outcomeOf } from './outcome-of.ts'

const OF_ADDRESSES: readonly AttackRace[] = [
  defineAttackRace({
    name: 'uses one link that changes an address many times at once',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      await c.app.user.requestEmailChange(id, `new-${email}`)
      return { id, token: await c.newestToken(`new-${email}`), now: c.clock.now() }
    },
    call: async (c, { token, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().user.confirmEmailChange(token))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['link_invalid'])
      expectEqual(await eventsOf(c, id, 'EMAIL_CHANGED'), 1, 'changes')
    },
  }),
  defineAttackRace({
    name: 'uses one link that takes an address back many times at once',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      await c.app.user.requestEmailChange(id, `new-${email}`)
      await c.app.user.confirmEmailChange(await c.newestToken(`new-${email}`))
      return { id, token: await c.newestToken(email), now: c.clock.now() }
    },
    call: async (c, { token, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().user.undoEmailChange(token))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['link_invalid', 'conflict'])
      expectEqual(await eventsOf(c, id, 'EMAIL_CHANGE_UNDONE'), 1, 'changes taken back')
    },
  }),
  defineAttackRace({
    name: 'registers one address many times at once',
    group: 'at once',
    prepare: async (c) => {
      const { email } = await somebody(c)
      return { email: `new-${email}`, now: c.clock.now() }
    },
    call: async (c, { email, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.app.auth.register(email, PASSWORD))
    },
    async judge(c, { email }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['email_taken'])
      const { items } = await c.app.user.list({ limit: 500 })
      expectEqual(items.filter((user) => user.email === email).length, 1, 'accounts')
    },
  }),
]

const OF_STATES: readonly AttackRace[] = [
  defineAttackRace({
    name: 'gives one answer of a provider many times at once',
    group: 'at once',
    async prepare(c) {
      const { email } = await somebody(c)
      const start = await c.from().oauth.authorize('hub')
      const address = `new-${email}`
      return { address, answer: c.hub.consent(start, personAt(address)), now: c.clock.now() }
    },
    call: async (c, { answer, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().oauth.callback('hub', answer))
    },
    async judge(c, { address }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['oauth_state_invalid'])
      const user = present(await c.app.user.getByEmail(address), 'the account')
      expectEqual((await c.app.session.list(user.id)).length, 1, 'sessions')
    },
  }),
  defineAttackRace({
    name: 'gives one answer that links an identity many times at once',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      const { sessionId } = await c.signIn(email)
      const start = await c.app.oauth.link(id, 'hub', { proof: { sessionId } })
      const answer = c.hub.consent(start, personAt(`other-${email}`))
      return { id, answer, now: c.clock.now() }
    },
    call: async (c, { answer, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().oauth.callback('hub', answer))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['oauth_state_invalid'])
      expectEqual((await c.app.oauth.list(id)).length, 1, 'identities')
      expectEqual(await eventsOf(c, id, 'OAUTH_LINKED'), 1, 'events OAUTH_LINKED')
    },
  }),
]

/** Links, addresses and answers of providers, each used many times at once. */
export const linksAtOnce: readonly AttackRace[] = [...OF_ADDRESSES, ...OF_STATES]
