import { AuthError } from '@mindmesh/auth'
import { RequestProblem } from '@mindmesh/auth-http'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest'
import { Browser, send, type Fetch } from './support/browser.ts'
import { ANNA, openSite, SITE, type Site } from './support/site.ts'

let site: Site
let fetchApp: Fetch

beforeEach(async () => {
  site = openSite()
  await site.register('anna')
  const app = new Hono()
  app.use('/api/*', site.handler.requireUser())
  app.use('/pages/*', site.handler.requireUser({ renew: true }))
  const inner = new Hono().use(site.handler.requireUser()).get('/typed', (c) => {
    expectTypeOf(c.var.user.email).toEqualTypeOf<string>()
    expectTypeOf(c.var.sessionId).toEqualTypeOf<string>()
    return c.json({ email: c.var.user.email, sessionId: c.var.sessionId })
  })
  app.all('/api/*', (c) => c.text('api'))
  app.all('/pages/*', (c) => c.text('page'))
  app.route('/', inner)
  fetchApp = async (request) => app.fetch(request)
})
afterEach(async () => site.mindmesh.close())

/** The signed-in browser of the site, at the app’s own routes. */
async function signedIn(): Promise<Browser> {
  const page = new Browser(fetchApp, SITE)
  for (const [name, value] of (await site.signedInBrowser()).jar) page.jar.set(name, value)
  return page
}

test('requireUser: gives the user and the session, by cookie and by token', async () => {
  const page = await signedIn()
  expect((await page.get('/typed')).json).toEqual({ email: ANNA, sessionId: expect.any(String) })
  const { authorization } = await site.bearer()
  const answer = await send(fetchApp, `${SITE}/typed`, { headers: { authorization } })
  expect(answer.json.email).toBe(ANNA)
})

test('requireUser: lets nobody else through, with a problem document that is not kept', async () => {
  const refused = await send(fetchApp, `${SITE}/api/x`)
  expect(refused).toMatchObject({ status: 401, json: { code: 'not_signed_in' } })
  expect(refused.headers.get('cache-control')).toBe('no-store')
  const page = await signedIn()
  const { sessionId } = (await page.get('/typed')).json
  await site.mindmesh.session.revoke(sessionId)
  expect((await page.get('/api/x')).json.code).toBe('session_revoked')
})

test('requireUser: another site’s page cannot make the browser change anything', async () => {
  const page = await signedIn()
  expect((await page.post('/api/x', {})).text).toBe('api')
  const origin = 'https://evil.example'
  expect((await page.post('/api/x', {}, { origin })).json.code).toBe('foreign_origin')
  const headers = { cookie: page.cookie }
  const bare = await send(fetchApp, `${SITE}/api/x`, { method: 'DELETE', headers })
  expect(bare.json.code).toBe('foreign_origin')
  const { authorization } = await site.bearer()
  const phone = await send(fetchApp, `${SITE}/api/x`, { body: {}, headers: { authorization } })
  expect(phone.text).toBe('api')
})

test('requireUser: renews a page’s cookies on the way only where it is told to', async () => {
  const page = await signedIn()
  site.clock.advance({ minutes: 16 })
  const api = await page.get('/api/x')
  expect(api.json.code).toBe('token_expired')
  expect(api.headers.getSetCookie()).toEqual([])
  const old = new Map(page.jar)
  const tabs = Array.from({ length: 10 }, () => {
    const tab = new Browser(fetchApp, SITE)
    for (const [name, value] of old) tab.jar.set(name, value)
    return tab
  })
  const answers = await Promise.all(tabs.map(async (tab) => tab.get('/pages/x')))
  expect(answers.map(({ text }) => text)).toEqual(tabs.map(() => 'page'))
  for (const tab of tabs) expect((await tab.get('/api/x')).text).toBe('api')
  expect((await tabs[0]?.get('/pages/x'))?.headers.getSetCookie()).toEqual([])
  const types = await site.eventTypes()
  expect(types.filter((type) => type === 'SESSION_REFRESHED')).toHaveLength(1)
})

test('requireUser: a foreign page does not even renew', async () => {
  const page = await signedIn()
  site.clock.advance({ minutes: 16 })
  page.jar.delete('__Host-mindmesh-access')
  const refused = await page.post('/pages/x', {}, { origin: 'https://evil.example' })
  expect(refused.json.code).toBe('foreign_origin')
  expect(await site.eventTypes()).not.toContain('SESSION_REFRESHED')
})

test('authenticate: the caller, or null without credentials, or what is wrong with them', async () => {
  const page = await signedIn()
  const request = (headers: Record<string, string>, method = 'GET') =>
    site.handler.authenticate(new Request(`${SITE}/x`, { method, headers }))
  expect(await request({})).toBeNull()
  expect(await request({ cookie: page.cookie })).toMatchObject({
    user: { email: ANNA },
    mode: 'cookie',
  })
  const { authorization } = await site.bearer()
  expect(await request({ authorization })).toMatchObject({ mode: 'token' })
  await expect(request({ authorization: 'Bearer x' })).rejects.toBeInstanceOf(AuthError)
  await expect(request({ cookie: page.cookie }, 'POST')).rejects.toBeInstanceOf(RequestProblem)
  site.clock.advance({ minutes: 16 })
  await expect(request({ authorization })).rejects.toMatchObject({ code: 'token_expired' })
})
