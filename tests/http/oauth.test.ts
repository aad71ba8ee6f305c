import type { OAuthStart } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { authHandler } from '@mindmesh/auth-http'
import { createAuthClient } from '@mindmesh/auth-http/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeProvider, personAt, type FakeProvider, type Person } from '../support/fake-provider.ts'
import { PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { Browser, send, type Answer } from './support/browser.ts'
import { ANNA, BASE } from './support/site.ts'

let t: TestInstance
let hub: FakeProvider
let page: Browser
let fetchAuth: (request: Request) => Promise<Response>
let reported: unknown[]

function open(
  config: object = {},
  provider: FakeProvider = fakeProvider('hub'),
  others: readonly FakeProvider[] = [],
): void {
  hub = provider
  t = testInstance(memoryStore(), {
    providers: [hub, ...others],
    config: {
      urls: { oauthCallback: `${BASE}/oauth/:provider/callback` },
      redirectOrigins: ['https://admin.example.com'],
      ...config,
    },
  })
  reported = []
  const onError = (error: unknown): void => void reported.push(error)
  const handler = authHandler(t.mindmesh, { oauthPage: '/sign-in?from=hub', onError })
  fetchAuth = async (request) => handler.fetch(request)
  page = new Browser(fetchAuth, BASE)
}

beforeEach(() => open())
afterEach(async () => t.mindmesh.close())

/** Where the browser is sent. */
function location({ status, headers }: Answer): string {
  expect(status).toBe(303)
  expect(headers.get('cache-control')).toBe('no-store')
  return headers.get('location') ?? ''
}

function begunBy(url: string): OAuthStart {
  const state = new URL(url).searchParams.get('state') ?? ''
  return { url, state, expiresAt: new Date() }
}

/** The person consents at the provider; the query that they come back with. */
function comeBack(url: string, person: Person): string {
  const { state, code, iss } = hub.consent(begunBy(url), person)
  return new URLSearchParams({ state, code, iss: iss ?? '' }).toString()
}

/** A whole sign-in in a browser; where it ends. */
async function signIn(person: Person, browser: Browser = page, query = ''): Promise<string> {
  const url = location(await browser.get(`/oauth/hub${query}`))
  return location(await browser.get(`/oauth/hub/callback?${comeBack(url, person)}`))
}

test('browser: goes to the provider with a state of its own, and comes back signed in', async () => {
  const start = await page.get('/oauth/hub?redirectTo=/home')
  const url = location(start)
  expect(url).toMatch(/^https:\/\/hub\.test\/authorize/)
  expect(start.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Host-mindmesh-oauth-hub=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ),
  ])
  const back = await page.get(`/oauth/hub/callback?${comeBack(url, personAt(ANNA))}`)
  expect(location(back)).toBe('/home')
  expect([...page.jar.keys()]).toEqual(['__Host-mindmesh-access', '__Host-mindmesh-refresh'])
  expect((await page.get('/me')).json.user.email).toBe(ANNA)
  expect(back.headers.get('referrer-policy')).toBe('no-referrer')
})

test('browser: without a target it comes back to the app’s page', async () => {
  expect(await signIn(personAt(ANNA))).toBe('/sign-in?from=hub')
})

test('browser: a target of somebody else’s is refused before anything begins', async () => {
  const targets = ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:x']
  for (const target of targets) {
    const answer = await page.get(`/oauth/hub?redirectTo=${encodeURIComponent(target)}`)
    expect(location(answer)).toBe('/sign-in?from=hub&oauth=invalid_input')
    expect(page.jar.size).toBe(0)
  }
  const allowed = encodeURIComponent('https://admin.example.com/x')
  expect(await signIn(personAt(ANNA), page, `?redirectTo=${allowed}`)).toBe(
    'https://admin.example.com/x',
  )
})

test('browser: an answer in another browser signs nobody in', async () => {
  const url = location(await page.get('/oauth/hub'))
  const query = comeBack(url, personAt('attacker@example.com'))
  const victim = new Browser(fetchAuth, BASE)
  const answer = await victim.get(`/oauth/hub/callback?${query}`)
  expect(location(answer)).toBe('/sign-in?from=hub&oauth=oauth_state_invalid')
  expect(victim.jar.size).toBe(0)
})

test('browser: an answer counts once', async () => {
  const url = location(await page.get('/oauth/hub'))
  const query = comeBack(url, personAt(ANNA))
  const cookie = page.cookie
  await page.get(`/oauth/hub/callback?${query}`)
  const again = await send(fetchAuth, `${BASE}/oauth/hub/callback?${query}`, {
    headers: { cookie },
  })
  expect(location(again)).toBe('/sign-in?from=hub&oauth=oauth_state_invalid')
})

test('browser: two tabs at one provider, and one at another, all come back', async () => {
  await t.mindmesh.close()
  const other = fakeProvider('other')
  open({}, fakeProvider('hub'), [other])
  const first = location(await page.get('/oauth/hub?redirectTo=/first'))
  const elsewhere = location(await page.get('/oauth/other?redirectTo=/elsewhere'))
  const second = location(await page.get('/oauth/hub?redirectTo=/second'))
  const { state, code } = other.consent(begunBy(elsewhere), personAt(ANNA))
  const answers = [
    `/oauth/hub/callback?${comeBack(first, personAt(ANNA))}`,
    `/oauth/other/callback?${new URLSearchParams({ state, code })}`,
    `/oauth/hub/callback?${comeBack(second, personAt(ANNA))}`,
  ]
  const ends: string[] = []
  for (const answer of answers) ends.push(location(await page.get(answer)))
  expect(ends).toEqual(['/first', '/elsewhere', '/second'])
  expect([...page.jar.keys()]).toEqual(['__Host-mindmesh-access', '__Host-mindmesh-refresh'])
})

test('browser: the cookie keeps three states, and an answer takes its own alone', async () => {
  const starts: string[] = []
  for (let n = 0; n < 4; n += 1)
    starts.push(location(await page.get(`/oauth/hub?redirectTo=/${n}`)))
  const kept = (): number => page.jar.get('__Host-mindmesh-oauth-hub')?.split('.').length ?? 0
  expect(kept()).toBe(3)
  const forged = new URLSearchParams({ state: 'x'.repeat(43), code: 'x' })
  expect(location(await page.get(`/oauth/hub/callback?${forged}`))).toContain('oauth_state_invalid')
  expect(kept()).toBe(3)
  const back = async (n: number): Promise<string> =>
    location(await page.get(`/oauth/hub/callback?${comeBack(starts[n] ?? '', personAt(ANNA))}`))
  expect(await back(2)).toBe('/2')
  expect(kept()).toBe(2)
  // The oldest had to go.
  expect(await back(0)).toContain('oauth_state_invalid')
  expect(await back(1)).toBe('/1')
  expect(await back(3)).toBe('/3')
  expect(kept()).toBe(0)
})

test('browser: what the provider refuses is told by its code alone', async () => {
  const url = location(await page.get('/oauth/hub'))
  const { state } = begunBy(url)
  const query = new URLSearchParams({ state, error: 'access_denied', error_description: 'secret' })
  const answer = await page.get(`/oauth/hub/callback?${query}`)
  expect(location(answer)).toBe('/sign-in?from=hub&oauth=oauth_denied')
  expect(location(await page.get('/oauth/nobody'))).toContain('oauth=invalid_input')
  expect(reported).toEqual([])
})

test('browser: a picture on some page does not begin a sign-in', async () => {
  for (const mode of ['no-cors', 'cors']) {
    const answer = await page.get('/oauth/hub', { 'sec-fetch-mode': mode })
    expect(location(answer)).toContain('oauth=foreign_origin')
  }
  expect(hub.requests.size).toBe(0)
  const answer = await page.get('/oauth/hub', { 'sec-fetch-mode': 'navigate' })
  expect(location(answer)).toContain('hub.test')
})

test('browser: where a code is owed the page is told, and the cookie knows the rest', async () => {
  await t.mindmesh.close()
  open({ oauthSecondStep: 'always' })
  const end = await signIn(personAt(ANNA), page, '?redirectTo=/home')
  expect(end).toBe('/sign-in?from=hub&oauth=code_required&redirectTo=%2Fhome')
  expect((await page.get('/me')).json.code).toBe('not_signed_in')
  const code = await t.newestCode(ANNA)
  const stranger = await new Browser(fetchAuth, BASE).post('/verify-otp', { email: ANNA, code })
  expect(stranger.json.code).toBe('otp_invalid')
  expect((await page.post('/verify-otp', { code })).json.user.email).toBe(ANNA)
})

test('browser: an address that nobody vouches for is to be proven first', async () => {
  const person = { ...personAt(ANNA), emailVerified: false }
  expect(await signIn(person)).toBe('/sign-in?from=hub&oauth=link_required&provider=hub')
  expect((await page.get('/me')).json.code).toBe('not_signed_in')
})

test('form_post: the cookie comes with the provider’s POST, and no origin is asked for', async () => {
  await t.mindmesh.close()
  open({}, { ...fakeProvider('hub'), responseMode: 'form_post' })
  const start = await page.get('/oauth/hub')
  expect(start.headers.getSetCookie().join()).toContain('SameSite=None')
  const body = comeBack(location(start), personAt(ANNA))
  const headers = { cookie: page.cookie, origin: 'https://hub.test' }
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  const url = `${BASE}/oauth/hub/callback`
  const json = await send(fetchAuth, url, { body: {}, headers })
  expect(location(json)).toContain('oauth=unsupported_media_type')
  const large = await send(fetchAuth, url, { body: 'x'.repeat(20_000), headers: form })
  expect(location(large)).toContain('oauth=body_too_large')
  await page.get('/oauth/hub')
  const both = { ...form, cookie: page.cookie }
  const answer = await send(fetchAuth, url, { body, headers: both })
  expect(location(answer)).toBe('/sign-in?from=hub')
  // What another tab began stays, for a POST from the provider's site as before.
  expect(answer.headers.getSetCookie()).toContainEqual(
    expect.stringMatching(/^__Host-mindmesh-oauth-hub=[\w-]{43}; .*SameSite=None$/),
  )
  expect(answer.headers.getSetCookie().join()).toContain('__Host-mindmesh-access=ey')
})

test('sign-in: ends the session that the browser was in before', async () => {
  await signIn(personAt(ANNA))
  const { cookie } = page
  await signIn(personAt(ANNA))
  const old = await send(fetchAuth, `${BASE}/me`, { headers: { cookie } })
  expect(old.json.code).toBe('session_revoked')
})

test('link: a person adds an identity, sees it, and removes it', async () => {
  await t.register('anna')
  await page.post('/login', { email: ANNA, password: PASSWORD })
  await page.post('/verify-otp', { code: await t.newestCode(ANNA) })
  const foreign = await page.post('/oauth/link', { provider: 'hub' }, { origin: 'https://e.test' })
  expect(foreign.json.code).toBe('foreign_origin')
  const begun = await page.post('/oauth/link', { provider: 'hub', redirectTo: '/account' })
  expect(begun.json).toEqual({ url: expect.stringContaining('hub.test'), state: null })
  const query = comeBack(begun.json.url, personAt('other@example.com', 'someone'))
  expect(location(await page.get(`/oauth/hub/callback?${query}`))).toBe('/account')
  expect((await page.get('/oauth/identities')).json).toEqual({
    identities: [
      {
        provider: 'hub',
        subject: 'someone',
        email: 'other@example.com',
        linkedAt: '2026-01-01T00:00:00.000Z',
      },
    ],
  })
  expect((await page.post('/oauth/unlink', { provider: 'hub' })).status).toBe(204)
  const gone = await page.post('/oauth/unlink', { provider: 'hub' })
  expect(gone.json).toMatchObject({ status: 404, code: 'identity_not_found' })
})

test('link: needs a fresh sign-in or the password, and ends with the session', async () => {
  await t.register('anna')
  await page.post('/login', { email: ANNA, password: PASSWORD })
  await page.post('/verify-otp', { code: await t.newestCode(ANNA) })
  t.clock.advance({ minutes: 16 })
  await page.post('/refresh', {})
  for (const path of ['/oauth/link', '/oauth/unlink']) {
    const stale = await page.post(path, { provider: 'hub' })
    expect(stale.json.code).toBe('reauthentication_required')
  }
  const begun = await page.post('/oauth/link', { provider: 'hub', password: PASSWORD })
  const query = comeBack(begun.json.url, personAt('other@example.com'))
  await page.post('/logout', {})
  const answer = await page.get(`/oauth/hub/callback?${query}`)
  expect(location(answer)).toContain('oauth=session_revoked')
})

test('client: a program receives the answer itself and gets tokens', async () => {
  const client = createAuthClient(BASE, {
    mode: 'token',
    fetch: async (input, init) => fetchAuth(new Request(input, init)),
  })
  expect(await client.oauthProviders()).toEqual([{ id: 'hub', name: 'hub Inc.' }])
  const { url, state } = await client.startOAuth({ provider: 'hub', redirectTo: '/home' })
  const { code, iss } = hub.consent(begunBy(url), personAt(ANNA))
  const reply = { provider: 'hub', code, state: begunBy(url).state, iss: iss ?? '' }
  await expect(client.completeOAuth(reply)).rejects.toMatchObject({ field: 'startedState' })
  const end = await client.completeOAuth({ ...reply, startedState: state })
  expect(end).toMatchObject({ outcome: 'signed_in', isNewUser: true, redirectTo: '/home' })
  expect(end).not.toHaveProperty('tokens')
  expect((await client.me()).user.email).toBe(ANNA)
  expect(await client.oauthIdentities()).toHaveLength(1)
  await expect(client.unlinkOAuth({ provider: 'hub' })).rejects.toMatchObject({
    code: 'last_way_in',
  })
  const second = await client.linkOAuth({ provider: 'hub' })
  const answer = hub.consent(begunBy(second.url), personAt('b@example.com', 'other'))
  const linked = await client.completeOAuth({
    provider: 'hub',
    code: answer.code,
    state: answer.state,
    startedState: second.state,
  })
  expect(linked).toMatchObject({ outcome: 'linked', identity: { subject: 'other' } })
})

test('client: where a code is owed it gets the challenge; without a vouched address, the address', async () => {
  await t.mindmesh.close()
  open({ oauthSecondStep: 'always' })
  const client = createAuthClient(BASE, {
    mode: 'token',
    fetch: async (input, init) => fetchAuth(new Request(input, init)),
  })
  const complete = async (person: Person) => {
    const { url, state } = await client.startOAuth({ provider: 'hub' })
    const { code } = hub.consent(begunBy(url), person)
    return client.completeOAuth({ provider: 'hub', code, state: state ?? '', startedState: state })
  }
  const owed = await complete(personAt(ANNA))
  if (owed.outcome !== 'code_required') throw new Error('A code should be owed.')
  const { email, challengeId } = owed
  expect(email).toBe(ANNA)
  const code = await t.newestCode(ANNA)
  expect(await client.verifyOtp({ email, challengeId, code })).toMatchObject({ email: ANNA })
  const unproven = await complete({ ...personAt('b@example.com'), emailVerified: false })
  expect(unproven).toMatchObject({ outcome: 'link_required', email: 'b@example.com' })
})

test('failures: a bug leads to the page, too, and the app is told', async () => {
  const bug = new TypeError('secret')
  const url = location(await page.get('/oauth/hub'))
  const query = comeBack(url, personAt(ANNA))
  Object.assign(t.store.codes, { consume: async () => Promise.reject(bug) })
  const answer = await page.get(`/oauth/hub/callback?${query}`)
  expect(location(answer)).toBe('/sign-in?from=hub&oauth=internal_error')
  expect(reported).toEqual([bug])
})
