import type { OAuthAnswer } from '@mindmesh/auth'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dialects, engines, type Engine } from './engines.ts'
import { authErrorOf, codeOf } from './support/code-of.ts'
import { testInstance, type TestInstance } from './support/instance.ts'
import {
  startOidcProvider,
  type Misbehaviour,
  type OidcPerson,
  type OidcTestProvider,
} from './support/oidc-test-provider.ts'

const ANNA: OidcPerson = { sub: 'anna', email: 'anna@example.com', email_verified: true }

/** An instance on this engine and a certified provider on the other side of real HTTP, made anew for each test. */
function useRealProvider(engine: Engine) {
  let t: TestInstance
  let real: OidcTestProvider
  let close: () => Promise<void>
  beforeEach(async () => {
    const opened = await engine.open()
    close = opened.close
    real = await startOidcProvider('http://localhost/auth/real/callback')
    t = testInstance(opened.store, {
      providers: [real.provider],
      clock: { now: () => new Date() },
      config: {
        urls: { oauthCallback: 'http://localhost/auth/:provider/callback' },
        oauthTimeoutSeconds: 1,
      },
    })
  })
  afterEach(async () => {
    await t.mindmesh.close()
    await real.close()
    await close()
  })
  const visit = async (person: OidcPerson | null) =>
    real.visit(await t.mindmesh.oauth.authorize('real'), person)
  const callback = async (answer: OAuthAnswer) => t.mindmesh.oauth.callback('real', answer)
  return {
    visit,
    callback,
    arrive: async (person: OidcPerson | null) => callback(await visit(person)),
    misbehave: (wrong: Partial<OidcTestProvider['misbehave']>) =>
      Object.assign(real.misbehave, wrong),
    people: async () => (await t.mindmesh.user.list()).items,
    reason: async () =>
      (await t.mindmesh.events.list({ type: 'OAUTH_FAILED' })).items[0]?.metadata['reason'],
  }
}

describe.each(dialects)('oauth with a real provider on $name', (engine) => {
  const { visit, callback, arrive, people, reason } = useRealProvider(engine)

  test('consent: PKCE, nonce, client secret and userinfo are right by its judgement, twice', async () => {
    expect(await arrive(ANNA)).toMatchObject({
      linkRequired: false,
      otpRequired: false,
      isNewUser: true,
      user: { email: 'anna@example.com' },
    })
    expect(await arrive(ANNA)).toMatchObject({ isNewUser: false, otpRequired: false })
    expect(await people()).toHaveLength(1)
  })

  test('consent: an address that it has not verified makes no account', async () => {
    expect(await arrive({ ...ANNA, email_verified: false })).toMatchObject({ linkRequired: true })
    expect(await arrive({ sub: 'no address' })).toMatchObject({ linkRequired: true, email: null })
    expect(await people()).toEqual([])
  })

  test('refusal: the person said no', async () => {
    const refused = await authErrorOf(arrive(null))
    expect(refused.code).toBe('oauth_denied')
    expect(refused.message).not.toContain('said no')
    expect(await reason()).toBe('denied')
  })

  test('code: it is used once, and only with the verifier of its own request', async () => {
    const first = await visit(ANNA)
    await callback(first)
    const second = await visit(ANNA)
    const replayed = callback({ ...second, code: first.code })
    expect(await codeOf(replayed)).toBe('oauth_failed')
    const thief = await visit({ ...ANNA, sub: 'thief' })
    const third = await visit(ANNA)
    const injected = callback({ ...third, code: thief.code })
    expect(await codeOf(injected)).toBe('oauth_failed')
    expect(await reason()).toBe('refused')
  })

  test('state: of two answers at once one goes on', async () => {
    const answer = await visit(ANNA)
    const results = await Promise.allSettled([callback(answer), callback(answer)])
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('mix-up: an answer that names another issuer is refused before the code leaves', async () => {
    const answer = await visit(ANNA)
    expect(answer.iss).toMatch(/^http:\/\/127\.0\.0\.1:/)
    const other = callback({ ...answer, iss: 'https://evil.test' })
    expect(await codeOf(other)).toBe('oauth_state_invalid')
  })
})

/** Where a provider fails no engine is asked yet: one is enough. */
describe.each(engines.slice(0, 1))('oauth with a failing provider on $name', (engine) => {
  const { visit, callback, arrive, people, reason, misbehave } = useRealProvider(engine)

  const send =
    (status: number, body: string): Misbehaviour =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  const hang: Misbehaviour = () => undefined
  const drop: Misbehaviour = (response) => response.destroy()
  const begin: Misbehaviour = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":')
  }
  const away: Misbehaviour = (response) => {
    response.writeHead(307, { location: '/me?elsewhere' }).end()
  }
  const token = JSON.stringify({ access_token: 'a', token_type: 'Bearer', id_token: 'a.b.c' })

  test.each<['token' | 'userinfo', string, Misbehaviour, string, string]>([
    ['token', 'is down', drop, 'provider_unavailable', 'unavailable'],
    ['token', 'is in trouble', send(503, '<html>'), 'provider_unavailable', 'unavailable'],
    ['token', 'hangs', hang, 'provider_unavailable', 'timeout'],
    ['token', 'hangs amid its answer', begin, 'provider_unavailable', 'timeout'],
    ['token', 'sends no JSON', send(200, '<html>'), 'oauth_failed', 'malformed'],
    ['token', 'sends no object', send(200, '[]'), 'oauth_failed', 'malformed'],
    ['token', 'sends null', send(200, 'null'), 'oauth_failed', 'malformed'],
    ['token', 'sends no tokens', send(200, '{}'), 'oauth_failed', 'malformed'],
    ['token', 'sends an id_token that is none', send(200, token), 'oauth_failed', 'malformed'],
    ['token', 'refuses', send(400, '{"error":"invalid_client"}'), 'oauth_failed', 'refused'],
    ['userinfo', 'is down', drop, 'provider_unavailable', 'unavailable'],
    ['userinfo', 'is in trouble', send(500, ''), 'provider_unavailable', 'unavailable'],
    ['userinfo', 'hangs', hang, 'provider_unavailable', 'timeout'],
    ['userinfo', 'hangs amid its answer', begin, 'provider_unavailable', 'timeout'],
    ['userinfo', 'redirects the token', away, 'provider_unavailable', 'unavailable'],
    ['userinfo', 'sends no JSON', send(200, 'Anna'), 'oauth_failed', 'malformed'],
    ['userinfo', 'sends no object', send(200, '"anna"'), 'oauth_failed', 'malformed'],
    ['userinfo', 'refuses', send(401, '{}'), 'oauth_failed', 'refused'],
    ['userinfo', 'tells of another', send(200, '{"sub":"b"}'), 'oauth_failed', 'id_token_rejected'],
  ])('trouble: the %s endpoint %s', async (endpoint, _, misbehaviour, code, recorded) => {
    const answer = await visit(ANNA)
    misbehave({ [endpoint]: misbehaviour })
    expect(await codeOf(callback(answer))).toBe(code)
    expect(await reason()).toBe(recorded)
    expect(await people()).toEqual([])
    misbehave({ token: null, userinfo: null })
    expect(await arrive(ANNA)).toMatchObject({ isNewUser: true })
  })
})
