import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { Browser } from './support/browser.ts'
import { ANNA, BASE, openSite, type Site } from './support/site.ts'

let site: Site

beforeEach(async () => {
  site = openSite()
  await site.register('anna')
})
afterEach(async () => site.mindmesh.close())

const FLAGS = 'Path=/; HttpOnly; Secure; SameSite=Lax'

/** A `Set-Cookie` line in its parts, in an order that does not depend on who writes it. */
function partsOf(line: string): readonly string[] {
  return line
    .split('; ')
    .map((part) => part.replace(/=.{9,}$/, '=…'))
    .toSorted()
}

test('cookies: host-bound, for the server only, never from another site', async () => {
  const page = site.browser()
  const step = await page.post('/login', { email: ANNA, password: PASSWORD })
  const flags = FLAGS.split('; ')
  expect(step.headers.getSetCookie().map(partsOf)).toEqual([
    [...flags, 'Max-Age=600', '__Host-mindmesh-challenge=…'].toSorted(),
  ])
  const code = await site.newestCode(ANNA)
  const signedIn = await page.post('/verify-otp', { email: ANNA, code })
  expect(signedIn.headers.getSetCookie().map(partsOf)).toEqual([
    [...flags, 'Max-Age=34560000', '__Host-mindmesh-access=…'].toSorted(),
    [...flags, 'Max-Age=34560000', '__Host-mindmesh-refresh=…'].toSorted(),
    [...flags, 'Max-Age=0', '__Host-mindmesh-challenge='].toSorted(),
  ])
  expect([...page.jar.keys()]).toEqual(['__Host-mindmesh-access', '__Host-mindmesh-refresh'])
  const out = await page.post('/logout', {})
  expect(out.headers.getSetCookie().map(partsOf)).toEqual([
    [...flags, 'Max-Age=0', '__Host-mindmesh-access='].toSorted(),
    [...flags, 'Max-Age=0', '__Host-mindmesh-refresh='].toSorted(),
  ])
})

test('cookies: over plain http only where the app says that it is dangerous', async () => {
  const local = 'http://localhost:3000/auth'
  const body = { email: ANNA, password: PASSWORD }
  const strict = new Browser(async (request) => site.handler.fetch(request), local)
  expect((await strict.post('/login', body)).json.code).toBe('foreign_origin')

  const lax = openSite({ handler: { dangerouslyAllowInsecureCookies: true } })
  await lax.register('anna')
  const page = new Browser(async (request) => lax.handler.fetch(request), local)
  const step = await page.post('/login', body)
  expect(step.headers.getSetCookie().join()).toMatch(/^mindmesh-challenge=/)
  expect(step.headers.getSetCookie().join()).not.toMatch(/Secure|__Host-/)
  await page.post('/verify-otp', { email: ANNA, code: await lax.newestCode(ANNA) })
  expect((await page.get('/me')).status).toBe(200)
  await lax.mindmesh.close()
})

test('cookies: one without the prefix counts for nothing', async () => {
  const page = await site.signedInBrowser()
  const cookie = page.cookie.replaceAll('__Host-', '')
  expect((await site.send('/me', { headers: { cookie } })).json.code).toBe('not_signed_in')
})

test('tokens: no request that shows cookies gets a token that scripts can read', async () => {
  const page = await site.signedInBrowser()
  const refused = await page.post('/refresh', { mode: 'token' })
  expect(refused.json).toMatchObject({ code: 'invalid_input', field: 'refreshToken' })
  const mixed = await page.post('/refresh', { refreshToken: 'x' })
  expect(mixed.json).toMatchObject({ code: 'invalid_input', field: 'refreshToken' })
  await page.post('/login', { email: ANNA, password: PASSWORD })
  const code = await site.newestCode(ANNA)
  const verify = await page.post('/verify-otp', { email: ANNA, code, mode: 'token' })
  expect(verify.json).toMatchObject({ code: 'invalid_input', field: 'challengeId' })
})

test('tokens: a bearer token is the whole identity; cookies beside it count for nothing', async () => {
  const page = await site.signedInBrowser()
  const bad = await page.get('/me', { authorization: 'Bearer nonsense' })
  expect(bad.json.code).toBe('token_invalid')
  // Another scheme is not ours: a staging site behind Basic still has its cookies.
  expect((await page.get('/me', { authorization: 'Basic YTpi' })).status).toBe(200)
})

test('refresh: of many tabs whose token ran out at once one rotates, and all go on', async () => {
  const page = await site.signedInBrowser()
  site.clock.advance({ minutes: 16 })
  const before = new Map(page.jar)
  const tabs = Array.from({ length: 10 }, () => {
    const tab = site.browser()
    for (const [name, value] of before) tab.jar.set(name, value)
    return tab
  })
  const answers = await Promise.all(tabs.map(async (tab) => tab.post('/refresh', {})))
  expect(answers.map(({ status }) => status)).toEqual(tabs.map(() => 200))
  const successors = new Set(tabs.map((tab) => tab.jar.get('__Host-mindmesh-refresh')))
  expect(successors.size).toBe(1)
  for (const tab of tabs) expect((await tab.get('/me')).status).toBe(200)
  const types = await site.eventTypes()
  expect(types.filter((type) => type === 'SESSION_REFRESHED')).toHaveLength(1)
})

test('refresh: a tab that is late by two answers does not end the session', async () => {
  const page = await site.signedInBrowser()
  site.clock.advance({ minutes: 16 })
  const late = site.browser()
  for (const [name, value] of page.jar) late.jar.set(name, value)
  // The first tab renews; the second was refused before that, and asks with the cookies that it has by now.
  await page.post('/refresh', {})
  const second = await page.post('/refresh', {})
  expect(second.headers.getSetCookie()).toEqual([])
  expect((await late.post('/refresh', {})).status).toBe(200)
  expect((await page.get('/me')).status).toBe(200)
  expect(await site.eventTypes()).not.toContain('REFRESH_TOKEN_REUSED')
})

test('refresh: an old cookie ends the session, and the browser is signed out', async () => {
  const page = await site.signedInBrowser()
  const thief = site.browser()
  for (const [name, value] of page.jar) thief.jar.set(name, value)
  site.clock.advance({ minutes: 16 })
  await page.post('/refresh', {})
  site.clock.advance({ minutes: 16 })
  expect((await thief.post('/refresh', {})).json.code).toBe('session_revoked')
  expect(thief.jar.size).toBe(0)
  expect((await page.post('/refresh', {})).json.code).toBe('session_revoked')
  expect(page.jar.size).toBe(0)
})

test('refresh: a cookie that was never a token is refused and cleared', async () => {
  const page = site.browser()
  page.jar.set('__Host-mindmesh-refresh', 'x'.repeat(5000))
  expect((await page.post('/refresh', {})).json.code).toBe('token_invalid')
  expect(page.jar.size).toBe(0)
})

test('me: changes nothing; a token that ran out is told so that the client renews', async () => {
  const page = await site.signedInBrowser()
  site.clock.advance({ minutes: 16 })
  const expired = await page.get('/me')
  expect(expired.json.code).toBe('token_expired')
  expect(expired.headers.getSetCookie()).toEqual([])
  page.jar.delete('__Host-mindmesh-access')
  expect((await page.get('/me')).json.code).toBe('token_expired')
  await page.post('/refresh', {})
  expect((await page.get('/me')).status).toBe(200)
})

test('logout: ends the session on the server, too, where the access token has run out', async () => {
  const page = await site.signedInBrowser()
  const cookies = new Map(page.jar)
  site.clock.advance({ minutes: 16 })
  expect((await page.post('/logout', {})).status).toBe(204)
  const copy = site.browser()
  for (const [name, value] of cookies) copy.jar.set(name, value)
  expect((await copy.post('/refresh', {})).json.code).toBe('session_revoked')
  expect((await page.post('/logout', {})).status).toBe(204)
})

test('sign-in: ends the session that the browser was in before', async () => {
  const page = await site.signedInBrowser()
  const { cookie } = page
  await page.post('/login', { email: ANNA, password: PASSWORD })
  expect((await page.get('/me')).status).toBe(200)
  await page.post('/verify-otp', { email: ANNA, code: await site.newestCode(ANNA) })
  expect((await site.send('/me', { headers: { cookie } })).json.code).toBe('session_revoked')
  expect((await page.get('/me')).status).toBe(200)
})

test('sign-in: stands where the earlier session cannot be ended; the app is told', async () => {
  const page = await site.signedInBrowser()
  await page.post('/login', { email: ANNA, password: PASSWORD })
  const code = await site.newestCode(ANNA)
  const failure = new Error('down')
  Object.assign(site.store.sessions, { revoke: async () => Promise.reject(failure) })
  expect((await page.post('/verify-otp', { email: ANNA, code })).status).toBe(200)
  expect(site.reported).toEqual([failure])
})

test('trusted origins: their pages may call with cookies and read; others may not', async () => {
  const admin = 'https://admin.example.com'
  const open = openSite({ handler: { trustedOrigins: [admin] } })
  await open.register('anna')
  const page = open.browser(admin)
  const step = await page.post('/login', { email: ANNA, password: PASSWORD })
  expect(step.status).toBe(200)
  expect(step.headers.get('access-control-allow-origin')).toBe(admin)
  expect(step.headers.get('access-control-allow-credentials')).toBe('true')
  const refused = await open.browser('https://evil.example').post('/login', {})
  expect(refused.json.code).toBe('foreign_origin')
  expect(refused.headers.get('access-control-allow-origin')).toBeNull()
  const preflight = await open.send('/login', { method: 'OPTIONS', headers: { origin: admin } })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-origin')).toBe(admin)
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,POST')
  expect(preflight.headers.get('cache-control')).toBe('no-store')
  await open.mindmesh.close()
})

test('own pages: Sec-Fetch-Site says so where Origin is left out', async () => {
  const headers = { 'sec-fetch-site': 'same-origin' }
  const body = { email: ANNA, password: PASSWORD }
  expect((await site.send('/login', { body, headers })).status).toBe(200)
  expect(BASE.startsWith('https://')).toBe(true)
})
