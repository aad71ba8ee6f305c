import type { OAuthResult } from '@mindmesh/auth'
import type { AuthStore, User } from '@mindmesh/auth/ports'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dialects } from './engines.ts'
import { authErrorOf, codeOf } from './support/code-of.ts'
import { fakeProvider, personAt, type FakeProvider, type Person } from './support/fake-provider.ts'
import {
  ANNA,
  NEXT_PASSWORD,
  PASSWORD,
  SECRETS,
  testInstance,
  type TestInstance,
} from './support/instance.ts'
import { interruptedStore, wrappedStore } from './support/wrapped-store.ts'

const CALLBACK = 'https://app.test/auth/:provider/callback'

describe.each(dialects)('oauth on $name', (engine) => {
  let t: TestInstance
  let store: AuthStore
  let close: () => Promise<void>
  let hub: FakeProvider
  let mill: FakeProvider

  const instance = (config: Parameters<typeof testInstance>[1] = {}): TestInstance =>
    testInstance(store, {
      providers: [hub, mill],
      ...config,
      config: { urls: { oauthCallback: CALLBACK }, ...config.config },
    })

  beforeEach(async () => {
    const opened = await engine.open()
    ;({ store, close } = opened)
    hub = fakeProvider('hub')
    mill = fakeProvider('mill')
    t = instance()
  })
  afterEach(async () => {
    await t.mindmesh.close()
    await close()
  })

  const arrive = async (
    person: Person,
    at: FakeProvider = hub,
    { mindmesh }: TestInstance = t,
  ): Promise<OAuthResult> => {
    const start = await mindmesh.oauth.authorize(at.id)
    return mindmesh.oauth.callback(at.id, at.consent(start, person))
  }
  const enter = async (person: Person, at: FakeProvider = hub) => {
    const result = await arrive(person, at)
    if (result.linkRequired || result.linked || result.otpRequired) {
      throw new Error('Nobody was signed in.')
    }
    return result
  }
  const link = async (user: User, person: Person, at: FakeProvider = hub): Promise<OAuthResult> => {
    const proof = { password: PASSWORD }
    const start = await t.mindmesh.oauth.link(user.id, at.id, { proof })
    return t.mindmesh.oauth.callback(at.id, at.consent(start, person))
  }
  const lastEvent = async () => (await t.mindmesh.events.list({ limit: 1 })).items[0]

  test('sign in: somebody new gets an account with a verified address, no password and a session', async () => {
    const start = await t.mindmesh.oauth.authorize('hub', { redirectTo: '/welcome' })
    expect(start.state).toMatch(/^[\w-]{43}$/)
    expect(new URL(start.url).searchParams.get('redirect_uri')).toBe(
      'https://app.test/auth/hub/callback',
    )
    const result = await t.mindmesh.oauth.callback('hub', hub.consent(start, personAt(ANNA)))
    expect(result).toMatchObject({
      linkRequired: false,
      otpRequired: false,
      isNewUser: true,
      redirectTo: '/welcome',
      user: { email: ANNA, emailVerifiedAt: t.clock.now() },
    })
    if (!('accessToken' in result)) throw new Error('There are no tokens.')
    const user = await t.mindmesh.auth.getUserFromToken(result.accessToken)
    const [session] = await t.mindmesh.session.list(user.id)
    expect(session?.authMethods).toEqual(['oauth'])
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    expect(await t.eventTypes(user.id)).toEqual([
      'REGISTRATION_SUCCESS',
      'OAUTH_LINKED',
      'LOGIN_SUCCESS',
      'LOGIN_FAILED',
    ])
    expect(await t.mindmesh.user.export(user.id)).toMatchObject({
      identities: [{ provider: 'hub', subject: `subject of ${ANNA}`, email: ANNA }],
    })
  })

  test('sign in: the identity decides, not the address that it has by now', async () => {
    const { user } = await enter(personAt(ANNA, '7'))
    const renamed = await arrive(personAt('renamed@example.com', '7'))
    expect(renamed).toMatchObject({ otpRequired: true, isNewUser: false, email: ANNA })
    const again = await enter(personAt(ANNA, '7'))
    expect(again).toMatchObject({ isNewUser: false, user: { id: user.id } })
    expect((await t.mindmesh.user.list()).items).toHaveLength(1)
  })

  test('state: it is good for one answer', async () => {
    const start = await t.mindmesh.oauth.authorize('hub')
    const answer = hub.consent(start, personAt(ANNA))
    await t.mindmesh.oauth.callback('hub', answer)
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
    expect(
      await t.mindmesh.session.list((await store.users.findByEmail(ANNA))?.id ?? ''),
    ).toHaveLength(1)
  })

  test('state: of 16 answers at once one goes on', async () => {
    const start = await t.mindmesh.oauth.authorize('hub')
    const answer = hub.consent(start, personAt(ANNA))
    const all = Array.from({ length: 16 }, async () => t.mindmesh.oauth.callback('hub', answer))
    const results = await Promise.allSettled(all)
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  })

  test('state: one that nobody issued, and one that came too late, are refused', async () => {
    const start = await t.mindmesh.oauth.authorize('hub')
    const answer = hub.consent(start, personAt(ANNA))
    const state = `${start.state.slice(1)}A`
    const forged = { ...answer, state, browserState: state }
    expect(await codeOf(t.mindmesh.oauth.callback('hub', forged))).toBe('oauth_state_invalid')
    t.clock.advance({ minutes: 10 })
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
  })

  test.each([['another one'], [null], [undefined], ['']])(
    'state: in a browser that kept %s it is refused, recorded and worth nothing afterwards',
    async (browserState) => {
      const start = await t.mindmesh.oauth.authorize('hub')
      const answer = hub.consent(start, personAt(ANNA))
      const stolen = t.mindmesh.oauth.callback('hub', { ...answer, browserState })
      expect(await codeOf(stolen)).toBe('oauth_state_invalid')
      const metadata = { provider: 'hub', reason: 'other_browser' }
      expect(await lastEvent()).toMatchObject({ type: 'OAUTH_FAILED', metadata })
      expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
    },
  )

  test('mix-up: an answer counts only at the callback and from the issuer where the request went', async () => {
    const first = hub.consent(await t.mindmesh.oauth.authorize('hub'), personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.callback('mill', first))).toBe('oauth_state_invalid')
    const second = hub.consent(await t.mindmesh.oauth.authorize('hub'), personAt(ANNA))
    const elsewhere = { ...second, iss: 'https://mill.test' }
    expect(await codeOf(t.mindmesh.oauth.callback('hub', elsewhere))).toBe('oauth_state_invalid')
    const { items } = await t.mindmesh.events.list({ type: 'OAUTH_FAILED' })
    expect(items.map((event) => event.metadata['reason'])).toEqual([
      'other_issuer',
      'other_provider',
    ])
  })

  test('state: a new secret voids none while the old one is still accepted', async () => {
    const start = await t.mindmesh.oauth.authorize('hub')
    const refreshSecret = 'a new refresh secret of the tests 0123'
    const urls = { oauthCallback: CALLBACK }
    const previousRefreshSecrets = [SECRETS.refreshSecret]
    t = instance({ config: { urls, refreshSecret, previousRefreshSecrets } })
    const answer = hub.consent(start, personAt(ANNA))
    expect(await t.mindmesh.oauth.callback('hub', answer)).toMatchObject({ isNewUser: true })
  })

  test('state: a row that somebody changed in the table is worth nothing', async () => {
    const start = await t.mindmesh.oauth.authorize('hub')
    const changed = wrappedStore(store, async ({ name, proceed }) => {
      const row = await proceed()
      return name === 'codes.findByHash' ? Object.assign(Object(row), { subject: 'another' }) : row
    })
    t = instance({ adapter: changed })
    const answer = hub.consent(start, personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
  })

  test('answer: one with neither a code nor an error is refused', async () => {
    const { state } = await t.mindmesh.oauth.authorize('hub')
    const empty = t.mindmesh.oauth.callback('hub', { state, browserState: state })
    expect(await codeOf(empty)).toBe('oauth_failed')
    expect(await lastEvent()).toMatchObject({ metadata: { provider: 'hub', reason: 'no_code' } })
  })

  test('code injection: a code that was given for another request is refused', async () => {
    const thief = hub.consent(
      await t.mindmesh.oauth.authorize('hub'),
      personAt('thief@example.com'),
    )
    const anna = hub.consent(await t.mindmesh.oauth.authorize('hub'), personAt(ANNA))
    const injected = t.mindmesh.oauth.callback('hub', { ...anna, code: thief.code })
    expect(await codeOf(injected)).toBe('oauth_failed')
  })

  test.each([
    ['access_denied', 'oauth_denied', 403],
    ['server_error', 'provider_unavailable', 503],
    ['<b>Call 555-1234</b>', 'oauth_failed', 401],
  ])('refusal: %s is told as %s, and the provider’s words nowhere', async (error, code, status) => {
    const { state } = await t.mindmesh.oauth.authorize('hub')
    const answer = { state, browserState: state, error }
    const refused = await authErrorOf(t.mindmesh.oauth.callback('hub', answer))
    expect(refused).toMatchObject({ code, status })
    const event = await lastEvent()
    expect(event?.type).toBe('OAUTH_FAILED')
    expect(`${refused.message} ${JSON.stringify(event)}`).not.toContain(error)
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
  })

  test('linking: a verified address at both ends links, keeps the password and tells the owner', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const result = await enter(personAt('Anna@Example.com'))
    expect(result).toMatchObject({ isNewUser: false, user: { id: user.id } })
    expect((await t.newestMail(ANNA)).subject).toContain('hub Inc.')
    expect(await t.mindmesh.session.list(user.id)).toHaveLength(2)
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toHaveProperty('challengeId')
    const [linked] = (await t.mindmesh.events.list({ type: 'OAUTH_LINKED' })).items
    expect(linked?.metadata).toEqual({ provider: 'hub', by: 'verified_email' })
  })

  test('pre-hijacking: the owner takes an unproven account over, and who made it is left with nothing', async () => {
    t = instance({ config: { dangerouslyDisableLoginOtp: true } })
    const user = await t.register('anna')
    const thief = await t.mindmesh.auth.login(ANNA, PASSWORD)
    if (thief.otpRequired) throw new Error('The second step is off.')
    await t.mindmesh.user.requestEmailChange(user.id, 'thief@example.com')
    const changeToken = await t.newestToken('thief@example.com')
    const owner = await enter(personAt(ANNA))
    expect(owner.user).toMatchObject({ id: user.id, emailVerifiedAt: t.clock.now() })
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    expect(await codeOf(t.mindmesh.auth.refresh(thief.refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(thief.accessToken))).toBe(
      'session_revoked',
    )
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(changeToken))).toBe('link_invalid')
    expect((await t.newestMail(ANNA)).text).toContain('never confirmed this address')
    const types = await t.eventTypes(user.id)
    expect(types).toEqual(
      expect.arrayContaining(['ACCOUNT_CLAIMED', 'EMAIL_VERIFIED', 'OAUTH_LINKED']),
    )
  })

  test('pre-hijacking: an unproven account takes no identity, and one that has another’s is not taken over', async () => {
    t = instance({ config: { dangerouslyDisableLoginOtp: true } })
    const thief = personAt('thief@example.com')
    const user = await t.register('anna')
    expect(await codeOf(link(user, thief))).toBe('email_not_verified')
    // As it may have been brought in from another system.
    const { subject } = thief
    const createdAt = t.clock.now()
    const account = { provider: 'hub', subject, userId: user.id, email: null, createdAt }
    await store.accounts.link({ account, expected: null }, {})
    expect(await arrive(personAt(ANNA))).toMatchObject({ linkRequired: true })
    expect(await t.mindmesh.user.getById(user.id)).toMatchObject({ emailVerifiedAt: null })
  })

  test('unverified: the answer is the same whether or not somebody has the address, and nothing changes', async () => {
    await t.register('anna')
    await t.signIn('anna')
    await t.register('berta')
    const answers = await Promise.all(
      ['anna', 'berta', 'nobody'].map(async (name) =>
        arrive({ subject: name, email: `${name}@example.com`, emailVerified: false }),
      ),
    )
    for (const { email, ...answer } of answers.map((a) => (a.linkRequired ? a : { email: '' }))) {
      expect(email).toMatch(/@example\.com$/)
      expect(answer).toEqual({ linkRequired: true, provider: 'hub', redirectTo: null })
    }
    expect((await t.mindmesh.user.list()).items).toHaveLength(2)
    expect(await store.accounts.findUser({ provider: 'hub', subject: 'anna' })).toBeNull()
  })

  test.each([
    ['no address', { subject: '1', emailVerified: true }],
    ['an address that is none', { subject: '1', email: 'a@b@c', emailVerified: true }],
    [
      'a text for a yes',
      { subject: '1', email: ANNA, emailVerified: 'false' as unknown as boolean },
    ],
  ])('unverified: %s counts as no proof', async (_, person) => {
    expect(await arrive(person)).toMatchObject({ linkRequired: true })
    expect((await t.mindmesh.user.list()).items).toEqual([])
  })

  test.each([[''], ['x'.repeat(256)], ['a\u0000b'], [7 as unknown as string]])(
    'malformed: a subject that is none (%j) is refused and recorded',
    async (subject) => {
      expect(await codeOf(arrive({ ...personAt(ANNA), subject }))).toBe('oauth_failed')
      expect(await lastEvent()).toMatchObject({
        metadata: { provider: 'hub', reason: 'malformed' },
      })
    },
  )

  test('broken: whatever a provider throws becomes our error, with the cause', async () => {
    const cause = new TypeError('broken')
    hub.exchange = async () => Promise.reject(cause)
    expect(await authErrorOf(arrive(personAt(ANNA)))).toMatchObject({ code: 'oauth_failed', cause })
    expect(await lastEvent()).toMatchObject({ metadata: { provider: 'hub', reason: 'unknown' } })
  })

  test('slow: a provider that never answers is given up after its time', async () => {
    const never = new Promise<never>(() => undefined)
    const slow = { ...fakeProvider('slow'), exchange: async () => never }
    t = instance({
      providers: [slow],
      config: { urls: { oauthCallback: CALLBACK }, oauthTimeoutSeconds: 1 },
    })
    expect(await authErrorOf(arrive(personAt(ANNA), slow))).toMatchObject({
      code: 'provider_unavailable',
      status: 503,
    })
    expect(await lastEvent()).toMatchObject({ metadata: { provider: 'slow', reason: 'timeout' } })
  })

  test('reserved: an address that its owner can still take back is not free for anyone else', async () => {
    const user = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(user.id, 'new@example.com')
    await t.mindmesh.user.confirmEmailChange(await t.newestToken('new@example.com'))
    expect(await codeOf(arrive(personAt(ANNA)))).toBe('email_taken')
    expect(await lastEvent()).toMatchObject({
      metadata: { provider: 'hub', reason: 'email_taken' },
    })
    expect((await t.mindmesh.user.list()).items).toHaveLength(1)
    t.clock.advance({ hours: 72 })
    expect(await enter(personAt(ANNA))).toMatchObject({ isNewUser: true })
  })

  test('blocked: neither the identity nor the address gets in, and nothing is linked', async () => {
    const { user } = await enter(personAt(ANNA))
    await t.mindmesh.user.block(user.id)
    expect(await codeOf(arrive(personAt(ANNA)))).toBe('account_blocked')
    expect(await codeOf(arrive(personAt(ANNA), mill))).toBe('account_blocked')
    expect(await t.mindmesh.oauth.list(user.id)).toHaveLength(1)
    expect(await lastEvent()).toMatchObject({ type: 'LOGIN_FAILED', userId: user.id })
  })

  test('race: 8 first sign-ins at once with one identity make one account and 8 sessions', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, async () => enter(personAt(ANNA))))
    expect(new Set(results.map((result) => result.user.id)).size).toBe(1)
    expect(results.filter((result) => result.isNewUser)).toHaveLength(1)
    expect(await t.mindmesh.session.list(results[0]?.user.id ?? '')).toHaveLength(8)
  })

  test('race: two identities of one address at once end in one account with both', async () => {
    const [first, second] = await Promise.all([enter(personAt(ANNA)), enter(personAt(ANNA), mill)])
    expect(first.user.id).toBe(second.user.id)
    expect(await t.mindmesh.oauth.list(first.user.id)).toHaveLength(2)
  })

  test('second step: an identity of another address owes the mailed code, and both methods are kept', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    await link(user, personAt('private@example.com'))
    await t.mindmesh.mail.deliverDue()
    const result = await arrive(personAt('private@example.com'))
    if (result.linkRequired || result.linked || !result.otpRequired) throw new Error('No code.')
    const { email, challengeId } = result
    expect((await t.newestMail(ANNA)).text).not.toContain('knows your password')
    const code = await t.newestCode(ANNA)
    const { accessToken } = await t.mindmesh.auth.verifyOtp(email, code, 'login', { challengeId })
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    const sessions = await t.mindmesh.session.list(user.id)
    expect(sessions.find(({ id }) => id === sessionId)?.authMethods).toEqual(['oauth', 'otp'])
  })

  test('second step: the option asks for it always', async () => {
    t = instance({ config: { urls: { oauthCallback: CALLBACK }, oauthSecondStep: 'always' } })
    const result = await arrive(personAt(ANNA))
    expect(result).toMatchObject({ otpRequired: true, isNewUser: true, email: ANNA })
    expect(result).not.toHaveProperty('accessToken')
  })

  test('link: the owner adds an identity of any address, is told, and it stays theirs alone', async () => {
    const anna = await t.register('anna')
    await t.signIn('anna')
    const berta = await t.register('berta')
    await t.signIn('berta')
    const result = await link(anna, { subject: '7', email: 'x@example.com' })
    expect(result).toMatchObject({
      linked: true,
      identity: { provider: 'hub', subject: '7', email: 'x@example.com' },
    })
    expect((await t.newestMail(ANNA)).text).toContain('hub Inc.')
    expect(await link(anna, { subject: '7' })).toMatchObject({ linked: true })
    expect(await t.mindmesh.oauth.list(anna.id)).toHaveLength(1)
    expect(await codeOf(link(berta, { subject: '7' }))).toBe('account_linked_elsewhere')
    expect(await t.mindmesh.oauth.list(berta.id)).toEqual([])
    expect((await t.mindmesh.events.list({ type: 'OAUTH_LINKED' })).items).toHaveLength(1)
  })

  test('link: it takes a fresh authentication, and a session that is still live when the answer comes', async () => {
    const user = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    const proof = { sessionId }
    const start = await t.mindmesh.oauth.link(user.id, 'hub', { proof })
    t.clock.advance({ minutes: 15 })
    expect(await codeOf(t.mindmesh.oauth.link(user.id, 'hub', { proof }))).toBe(
      'reauthentication_required',
    )
    await t.mindmesh.session.reauthenticate(sessionId, PASSWORD)
    const next = await t.mindmesh.oauth.link(user.id, 'hub', { proof })
    await t.mindmesh.auth.logout(sessionId)
    const answer = hub.consent(next, personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('session_revoked')
    const late = hub.consent(start, personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.callback('hub', late))).toBe('oauth_state_invalid')
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
  })

  test('list: identities that were linked at one moment always stand in the same order', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    for (const subject of ['b', 'c', 'a']) await link(user, { subject })
    const subjects = (await t.mindmesh.oauth.list(user.id)).map((identity) => identity.subject)
    expect(subjects).toEqual(['a', 'b', 'c'])
    expect((await t.mindmesh.user.export(user.id)).identities).toEqual(
      await t.mindmesh.oauth.list(user.id),
    )
  })

  const moveAway = async (userId: string) =>
    store.users.changeEmail(
      {
        userId,
        from: ANNA,
        to: 'new@example.com',
        displayEmail: 'new@example.com',
        at: t.clock.now(),
        reason: 'email_changed',
        keepPurposes: [],
        reservation: { purpose: 'email_change_undo', subject: 'none', now: t.clock.now() },
      },
      {},
    )

  test('link: an account whose address is changed meanwhile gets no identity', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const away = async () => moveAway(user.id)
    t = instance({ adapter: interruptedStore(store, 'accounts.link', away) })
    expect(await codeOf(link(user, { subject: '7' }))).toBe('conflict')
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
  })

  test('sign in: an account that gives the address up meanwhile is not signed in to', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const away = async () => moveAway(user.id)
    t = instance({ adapter: interruptedStore(store, 'accounts.link', away) })
    const result = await enter(personAt(ANNA))
    expect(result.isNewUser).toBe(true)
    expect(result.user.id).not.toBe(user.id)
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
  })

  test('link: a new password voids what was begun under the old one', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const start = await t.mindmesh.oauth.link(user.id, 'hub', { proof: { password: PASSWORD } })
    await t.mindmesh.password.change(user.id, PASSWORD, 'another long password')
    const answer = hub.consent(start, personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
  })

  test('link: a new password while the provider is asked takes the wish back', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const start = await t.mindmesh.oauth.link(user.id, 'hub', { proof: { password: PASSWORD } })
    const answer = hub.consent(start, personAt(ANNA))
    const { exchange } = hub
    hub.exchange = async (input) => {
      await t.mindmesh.password.change(user.id, PASSWORD, 'another long password')
      return exchange(input)
    }
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('oauth_state_invalid')
    expect(await store.accounts.listByUser(user.id)).toEqual([])
  })

  test.each(['account_blocked', 'user_not_found', 'conflict'])(
    'link: what happens to the account while the provider is asked counts (%s)',
    async (code) => {
      const user = await t.register('anna')
      await t.signIn('anna')
      const block = async () => t.mindmesh.user.block(user.id)
      if (code === 'conflict')
        t = instance({ adapter: interruptedStore(store, 'accounts.link', block) })
      const start = await t.mindmesh.oauth.link(user.id, 'hub', { proof: { password: PASSWORD } })
      const answer = hub.consent(start, personAt(ANNA))
      const { exchange } = hub
      hub.exchange = async (input) => {
        if (code === 'account_blocked') await t.mindmesh.user.block(user.id)
        if (code === 'user_not_found') await t.mindmesh.user.delete(user.id)
        return exchange(input)
      }
      expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe(code)
      expect(await store.accounts.listByUser(user.id)).toEqual([])
    },
  )

  test('link: a person who is deleted right after the proof is gone', async () => {
    const user = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    const remove = async () => t.mindmesh.user.delete(user.id)
    const late = instance({ adapter: interruptedStore(store, 'users.findById', remove) })
    const begun = late.mindmesh.oauth.link(user.id, 'hub', { proof: { sessionId } })
    expect(await codeOf(begun)).toBe('user_not_found')
  })

  test('link: a person who is deleted while the provider is asked has no session left', async () => {
    const user = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    const start = await t.mindmesh.oauth.link(user.id, 'hub', { proof: { sessionId } })
    const answer = hub.consent(start, personAt(ANNA))
    const { exchange } = hub
    hub.exchange = async (input) => {
      await t.mindmesh.user.delete(user.id)
      return exchange(input)
    }
    expect(await codeOf(t.mindmesh.oauth.callback('hub', answer))).toBe('session_revoked')
  })

  test.each(['link', 'claim'] as const)(
    'race: whoever loses the race for an account (%s) looks again',
    async (method) => {
      const user = await t.register('anna')
      if (method === 'link') await t.signIn('anna')
      const winner = t
      const win = async () => arrive(personAt(ANNA), hub, winner)
      t = instance({ adapter: interruptedStore(store, `accounts.${method}`, win) })
      expect(await arrive(personAt(ANNA))).toMatchObject({ isNewUser: false, otpRequired: false })
      expect(await store.accounts.listByUser(user.id)).toHaveLength(1)
    },
  )

  test('reset: takes identities off with the password, says so, and what is vouched for links itself again', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    await link(user, personAt('thief@example.com'))
    await enter(personAt(ANNA), mill)
    expect(await t.mindmesh.oauth.list(user.id)).toHaveLength(2)
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), NEXT_PASSWORD)
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
    expect((await t.newestMail(ANNA)).text).toContain('removed: hub Inc., mill Inc.')
    const { items } = await t.mindmesh.events.list({ type: 'OAUTH_UNLINKED' })
    expect(items.map(({ metadata }) => metadata)).toEqual([
      { provider: 'mill', by: 'password_reset' },
      { provider: 'hub', by: 'password_reset' },
    ])
    expect(await enter(personAt(ANNA), mill)).toMatchObject({ user: { id: user.id } })
  })

  test('reset: somebody’s first password takes no identity off', async () => {
    const { user } = await enter(personAt(ANNA))
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
    expect(await t.mindmesh.oauth.list(user.id)).toHaveLength(1)
    expect((await t.newestMail(ANNA)).text).not.toContain('removed')
  })

  test('reset: while a provider takes its time, it takes the wish for a link back', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const { exchange } = hub
    hub.exchange = async (request) => {
      await t.mindmesh.password.requestReset(ANNA)
      await t.mindmesh.password.reset(await t.newestToken(ANNA), NEXT_PASSWORD)
      return exchange(request)
    }
    expect(await codeOf(link(user, personAt('thief@example.com')))).toBe('oauth_state_invalid')
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
  })

  test('unlink: never the last way in; a password set by the mailed reset is another', async () => {
    const { user } = await enter(personAt(ANNA))
    expect(await codeOf(t.mindmesh.oauth.unlink(user.id, 'hub'))).toBe('last_way_in')
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
    await t.mindmesh.mail.deliverDue()
    await t.mindmesh.oauth.unlink(user.id, 'hub', { proof: { password: PASSWORD } })
    expect((await t.newestMail(ANNA)).text).toContain('hub Inc.')
    expect(await t.mindmesh.oauth.list(user.id)).toEqual([])
    expect(await codeOf(t.mindmesh.oauth.unlink(user.id, 'hub'))).toBe('identity_not_found')
    expect((await t.eventTypes(user.id)).at(-1)).toBe('OAUTH_UNLINKED')
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('unlink: two at once leave one, and one of several has to be named', async () => {
    const { user } = await enter(personAt(ANNA, '1'))
    await enter(personAt(ANNA, '2'))
    const unnamed = await authErrorOf(t.mindmesh.oauth.unlink(user.id, 'hub'))
    expect(unnamed).toMatchObject({ code: 'invalid_input', reason: 'ambiguous' })
    const codes = await Promise.all(
      ['1', '2'].map(async (subject) =>
        t.mindmesh.oauth.unlink(user.id, 'hub', { subject }).then(() => 'unlinked', codeOfError),
      ),
    )
    expect(codes.toSorted()).toEqual(['last_way_in', 'unlinked'])
    expect(await t.mindmesh.oauth.list(user.id)).toHaveLength(1)
  })

  test('unlink: of two at once for one identity one is told that it is gone', async () => {
    const user = await t.register('anna')
    await enter(personAt(ANNA))
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
    const unlink = async () =>
      t.mindmesh.oauth.unlink(user.id, 'hub').then(() => 'unlinked', codeOfError)
    const codes = await Promise.all([unlink(), unlink()])
    expect(codes.toSorted()).toEqual(['identity_not_found', 'unlinked'])
    await t.mindmesh.user.delete(user.id)
    expect(await unlink()).toBe('user_not_found')
  })

  test('unlink: an identity of a provider that the app no longer has goes too', async () => {
    const { user } = await enter(personAt(ANNA))
    await enter(personAt(ANNA), mill)
    await t.mindmesh.mail.deliverDue()
    t = instance({ providers: [mill] })
    await t.mindmesh.oauth.unlink(user.id, 'hub')
    expect((await t.newestMail(ANNA)).text).toContain('An identity at hub was removed')
    expect(await t.mindmesh.oauth.list(user.id)).toMatchObject([{ provider: 'mill' }])
  })

  test('providers: the app’s are listed for its buttons, and no other is known', async () => {
    expect(t.mindmesh.oauth.providers()).toEqual([
      { id: 'hub', name: 'hub Inc.', responseMode: 'query' },
      { id: 'mill', name: 'mill Inc.', responseMode: 'query' },
    ])
    for (const id of ['other', 'constructor', '']) {
      const unknown = await authErrorOf(t.mindmesh.oauth.authorize(id))
      expect(unknown).toMatchObject({ code: 'invalid_input', field: 'provider' })
    }
  })

  test('limits: the 31st start within 15 minutes from one address is refused', async () => {
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1' })
    for (let started = 0; started < 30; started += 1) await api.oauth.authorize('hub')
    expect(await codeOf(api.oauth.authorize('hub'))).toBe('rate_limited')
    expect(await t.mindmesh.oauth.authorize('hub')).toHaveProperty('url')
  })

  test('mail: the owner is told in their language', async () => {
    const user = await t.register('anna')
    await t.signIn('anna')
    const german = t.mindmesh.withContext({ locale: 'de' })
    const proof = { password: PASSWORD }
    const start = await german.oauth.link(user.id, 'hub', { proof })
    await german.oauth.callback('hub', hub.consent(start, personAt(ANNA)))
    expect((await t.newestMail(ANNA)).subject).toContain('jetzt mit hub Inc. anmelden')
    await german.oauth.unlink(user.id, 'hub')
    expect((await t.newestMail(ANNA)).subject).toContain('meldet Sie nicht mehr')
  })

  test('profile: the app fills its own columns from what the provider tells', async () => {
    const told: unknown[] = []
    t = instance({
      profileFor: (identity) => {
        told.push(identity)
        return {}
      },
    })
    await enter({ ...personAt(ANNA), name: 'Anna', claims: { locale: 'de' } })
    await enter(personAt(ANNA))
    expect(told).toEqual([
      expect.objectContaining({ provider: 'hub', name: 'Anna', claims: { locale: 'de' } }),
    ])
  })
})

function codeOfError(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}
