import type { OAuthAnswer } from '@mindmesh/auth'
import { expectEqual, present } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { NEXT_PASSWORD, type AttackContext } from './attack-context.ts'
import { personAt, type ProviderPerson } from './attack-provider.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const THIEF = 'thief@example.com'
const REFUSED = ['oauth_state_invalid', 'oauth_failed']

async function arrive(c: AttackContext, person: ProviderPerson): Promise<unknown> {
  const start = await c.from().oauth.authorize('hub')
  return c.from().oauth.callback('hub', c.hub.consent(start, person))
}

const ATTEMPTS = attacksOf('providers', {
  'gives an answer in another browser, to have a victim signed in as the thief': async (c) => {
    const start = await c.from().oauth.authorize('hub')
    const answer = c.hub.consent(start, personAt(THIEF))
    const { state: own } = await c.from().oauth.authorize('hub')
    for (const browserState of [own, 'x', `${own}x`]) {
      const again = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(THIEF))
      await expectRefused(
        c.from().oauth.callback('hub', { ...again, browserState }),
        REFUSED,
        browserState,
      )
    }
    const none = c.app.oauth.callback('hub', { ...answer, browserState: null })
    await expectRefused(none, REFUSED, 'a browser that kept nothing')
    expectEqual(await c.app.user.getByEmail(THIEF), null, 'an account')
  },
  'gives one answer twice': async (c) => {
    const answer = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    await c.from().oauth.callback('hub', answer)
    await expectRefused(c.from().oauth.callback('hub', answer), REFUSED, 'the second answer')
  },
  'gives an answer that comes too late': async (c) => {
    const answer = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    c.clock.advance({ minutes: 11 })
    await expectRefused(c.from().oauth.callback('hub', answer), REFUSED, 'the answer')
  },
  'gives the answer of one provider as that of another': async (c) => {
    const answer = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    // Also where the provider does not say who it is, and before the code has left for the other one.
    const { iss: _, ...unnamed } = answer
    const elsewhere = c.from().oauth.callback('mill', unnamed)
    await expectRefused(elsewhere, ['oauth_state_invalid'], 'at another callback')
    const start = await c.from().oauth.authorize('hub')
    const other = { ...c.hub.consent(start, personAt(ANNA)), iss: 'https://mill.test' }
    await expectRefused(c.from().oauth.callback('hub', other), REFUSED, 'from another issuer')
  },
  'injects a code that was given to somebody else’s request': async (c) => {
    const stolen = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    const own = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(THIEF))
    const injected = c.from().oauth.callback('hub', { ...own, code: stolen.code })
    await expectRefused(injected, REFUSED, 'the injected code')
    expectEqual(await c.app.user.getByEmail(ANNA), null, 'an account')
  },
  'makes up an answer': async (c) => {
    const { code } = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    const state = 'A'.repeat(43)
    const answers: readonly OAuthAnswer[] = [
      { state, browserState: state, code },
      { state: `${state}${state}`, browserState: `${state}${state}`, code },
      { state: '../state', browserState: '../state', code },
    ]
    for (const answer of answers) {
      await expectRefused(c.from().oauth.callback('hub', answer), REFUSED, answer.state)
    }
  },
})

/** What a provider, or whoever writes one, may say without having proven the address. */
const UNPROVEN: readonly unknown[] = [false, null, undefined, 'true', 'false', 1, {}, [true]]

const ACCOUNTS = attacksOf('providers', {
  'takes an account by an address that the provider has not proven': async (c) => {
    const { id } = await c.register('anna')
    await c.signIn(ANNA)
    for (const emailVerified of UNPROVEN) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that is the attack
      const person = { ...personAt(ANNA, 'thief'), emailVerified } as ProviderPerson
      const result = Object(await arrive(c, person))
      expectEqual(result.linkRequired, true, `emailVerified ${String(emailVerified)}`)
    }
    expectEqual(await c.app.oauth.list(id), [], 'identities')
  },
  'takes an account by an own identity whose address is changed to the victim’s': async (c) => {
    const { id } = await c.register('anna')
    await c.signIn(ANNA)
    await arrive(c, personAt(THIEF, 'thief'))
    await outcomeOf(arrive(c, personAt(ANNA, 'thief')))
    expectEqual(await c.app.oauth.list(id), [], 'identities of the victim')
    expectEqual((await c.app.session.list(id)).length, 1, 'sessions of the victim')
  },
  'takes an account by the same subject at another provider': async (c) => {
    await arrive(c, personAt(ANNA, 'the subject'))
    const start = await c.from().oauth.authorize('mill')
    const person = { ...personAt(THIEF, 'the subject') }
    await c.from().oauth.callback('mill', c.mill.consent(start, person))
    const anna = present(await c.app.user.getByEmail(ANNA), 'the victim')
    expectEqual((await c.app.oauth.list(anna.id)).length, 1, 'identities of the victim')
  },
  'links an own identity to a victim who is signed in': async (c) => {
    const { id } = await c.register('anna')
    const thief = await c.register('thief')
    await c.signIn(ANNA)
    const { sessionId } = await c.signIn(THIEF)
    const start = await c.app.oauth.link(thief.id, 'hub', { proof: { sessionId } })
    const answer = c.hub.consent(start, personAt(THIEF, 'thief'))
    const inVictim = c.app.oauth.callback('hub', { ...answer, browserState: null })
    await expectRefused(inVictim, REFUSED, 'in the victim’s browser')
    expectEqual(await c.app.oauth.list(id), [], 'identities of the victim')
  },
  'links an identity after the session in which it was asked for has ended': async (c) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    const start = await c.app.oauth.link(id, 'hub', { proof: { sessionId } })
    const answer = c.hub.consent(start, personAt(THIEF, 'thief'))
    await c.app.auth.logout(sessionId)
    await expectRefused(c.from().oauth.callback('hub', answer), ['session_revoked'], 'the link')
    expectEqual(await c.app.oauth.list(id), [], 'identities')
  },
  'links an identity that was asked for before the owner’s reset': async (c) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    const start = await c.app.oauth.link(id, 'hub', { proof: { sessionId } })
    const answer = c.hub.consent(start, personAt(THIEF, 'thief'))
    await c.app.password.requestReset(ANNA)
    await c.app.password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
    await expectRefused(c.from().oauth.callback('hub', answer), REFUSED, 'the link')
    expectEqual(await c.app.oauth.list(id), [], 'identities')
  },
  'links an own identity to a stolen account and signs in with it after the owner’s reset': async (
    c,
  ) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    const start = await c.app.oauth.link(id, 'hub', { proof: { sessionId } })
    await c.from().oauth.callback('hub', c.hub.consent(start, personAt(THIEF, 'thief')))
    expectEqual((await c.app.oauth.list(id)).length, 1, 'identities before the reset')
    await c.app.password.requestReset(ANNA)
    await c.app.password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
    expectEqual(await c.app.oauth.list(id), [], 'identities after the reset')
    await arrive(c, personAt(THIEF, 'thief'))
    expectEqual(await c.app.session.list(id), [], 'sessions of the owner’s account')
  },
  'signs in to a blocked account by a provider': async (c) => {
    const { id } = await c.register('anna')
    await c.signIn(ANNA)
    await c.app.user.block(id)
    await expectRefused(arrive(c, personAt(ANNA)), ['account_blocked'], 'the sign-in')
    expectEqual(await c.app.oauth.list(id), [], 'identities')
  },
})

const TARGETS = [
  '//evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/a/..//evil.test',
  '/.//evil.test',
  '/%2e//evil.test',
  'evil.test',
  'https://evil.test/',
  'https://app.example.com@evil.test/',
  'https://app.example.com.evil.test/',
  'https:evil.test',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,x',
  ' https://evil.test',
  '/\t/evil.test',
  '///evil.test',
  '/x\r\nSet-Cookie: a=b',
  'http://[::1]/',
  'ftp://app.example.com/',
]

const REDIRECTS = attackEach('providers', TARGETS, {
  name: (target) => `sends people on to ${JSON.stringify(target)} after they have signed in`,
  async run(c: AttackContext, redirectTo) {
    const call = c.from().oauth.authorize('hub', { redirectTo })
    await expectRefused(call, ['invalid_input'], 'the start')
  },
})

/** Attacks on signing in with a provider. */
export const providers: readonly AttackCase[] = [...ATTEMPTS, ...ACCOUNTS, ...REDIRECTS]
