import { AuthError, StoreError } from '@mindmesh/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBLEM_KINDS } from '../../packages/http/src/problems/problem-codes.ts'
import { PASSWORD } from '../support/instance.ts'
import type { Answer, Browser } from './support/browser.ts'
import { ANNA, BASE, openSite, SITE, type Site } from './support/site.ts'

let site: Site
let page: Browser

beforeAll(async () => {
  site = openSite()
  await site.register('anna')
  page = await site.signedInBrowser()
})
afterAll(async () => site.mindmesh.close())

const UUID = '0190a000-0000-7000-8000-000000000000'

/** Every route that takes a body, with one that it takes. */
const POSTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/register': { email: ANNA, password: PASSWORD },
  '/login': { email: ANNA, password: PASSWORD },
  '/verify-otp': { code: '123456' },
  '/refresh': {},
  '/logout': {},
  '/sessions/end': { sessionId: UUID },
  '/sessions/end-others': {},
  '/reauthenticate': { password: PASSWORD },
  '/password/forgot': { email: ANNA },
  '/password/reset': { token: 'a', newPassword: PASSWORD },
  '/password/change': { current: PASSWORD, next: PASSWORD },
  '/email/verify/send': {},
  '/email/verify/confirm': { code: '123456' },
  '/email/change': { newEmail: 'new@example.com' },
  '/email/change/confirm': { token: 'a' },
  '/email/change/undo': { token: 'a' },
  '/oauth/start': { provider: 'hub' },
  '/oauth/complete': { provider: 'hub', state: 'x' },
  '/oauth/link': { provider: 'hub' },
  '/oauth/unlink': { provider: 'hub' },
  '/account/export': {},
  '/account/delete': {},
}

/** Those whose cookies a foreign page could have sent along. */
const WITHOUT_COOKIES = new Set([
  '/register',
  '/password/forgot',
  '/password/reset',
  '/email/change/confirm',
  '/email/change/undo',
])

/** The code of a refusal; fails where its form is not what RFC 9457 and the rules of this project want. */
function refusalOf(answer: Answer): string {
  const { code } = answer.json
  expect(answer.json).toMatchObject({
    type: `urn:mindmesh-auth:problem:${code}`,
    title: expect.stringMatching(/./),
    detail: expect.stringMatching(/./),
    status: answer.status,
  })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expectNoStore(answer)
  return code
}

function expectNoStore(answer: Answer): void {
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
}

test('routes: the tables of these tests hold every route of the document', async () => {
  const { paths } = (await site.send('/openapi.json')).json
  // What a provider posts is a form from another site; `tests/http/oauth.test.ts` has what is refused there.
  const posts = Object.keys(paths).filter(
    (path) => 'post' in paths[path] && path !== '/oauth/{provider}/callback',
  )
  expect(Object.keys(POSTS).toSorted()).toEqual(posts.toSorted())
})

describe.each(Object.entries(POSTS))('%s', (path, body) => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json5', ''])(
    'content type: %j is refused',
    async (type) => {
      expect(refusalOf(await page.post(path, JSON.stringify(body), { 'content-type': type }))).toBe(
        'unsupported_media_type',
      )
    },
  )

  test('size: more than 16 KiB is refused', async () => {
    expect(refusalOf(await page.post(path, { ...body, x: 'x'.repeat(16_384) }))).toBe(
      'body_too_large',
    )
  })

  test('origin: another site’s page is refused', async () => {
    const origins = [
      'https://evil.example',
      'null',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'https://app.example.com:8443',
    ]
    for (const origin of origins) {
      expect(refusalOf(await page.post(path, body, { origin }))).toBe('foreign_origin')
    }
    for (const from of ['cross-site', 'same-site', 'none']) {
      const headers = { cookie: page.cookie, 'sec-fetch-site': from }
      expect(refusalOf(await site.send(path, { body, headers }))).toBe('foreign_origin')
    }
  })

  test('origin: none is enough only where no cookie counts', async () => {
    const answer = await site.send(path, { body, headers: { cookie: page.cookie } })
    const isEnough = answer.json?.code !== 'foreign_origin'
    expect(isEnough).toBe(WITHOUT_COOKIES.has(path))
  })

  test('fields: an unknown one is named', async () => {
    const answer = await page.post(path, { ...body, isAdmin: true })
    expect(refusalOf(answer)).toBe('invalid_input')
    expect(answer.json).toMatchObject({ status: 400, field: 'isAdmin', reason: 'unknown_field' })
  })

  const hasFields = Object.keys(body).length > 0
  test.runIf(hasFields)(
    'fields: each of another type is named, and so is a missing one',
    async () => {
      for (const field of Object.keys(body)) {
        for (const value of [1, true, null, {}, ['x'], { $ne: '' }]) {
          const answer = await page.post(path, { ...body, [field]: value })
          expect(refusalOf(answer)).toBe('invalid_input')
          expect(answer.json).toMatchObject({ field, reason: 'not_a_string' })
        }
        const { [field]: _, ...rest } = body
        const missing = await page.post(path, rest)
        expect(missing.json).toMatchObject({ code: 'invalid_input', field, reason: 'missing' })
      }
    },
  )

  test('fields: what only an attack sends is named', async () => {
    const proto = `{"__proto__":{"x":1},${JSON.stringify(body).slice(1)}`.replace(',}', '}')
    expect((await page.post(path, proto)).json).toMatchObject({
      code: 'invalid_input',
      field: '__proto__',
    })
    const nested = { ...body, x: { constructor: { prototype: {} } } }
    expect((await page.post(path, nested)).json).toMatchObject({ field: 'x.constructor' })
    const key = await page.post(path, { ...body, 'x\0': 1 })
    expect(key.json).toMatchObject({ field: 'x', reason: 'control_character' })
    for (const [field, value] of Object.entries(body)) {
      const nul = await page.post(path, { ...body, [field]: `${value}\0` })
      expect(nul.json).toMatchObject({ field, reason: 'control_character' })
      const lone = JSON.stringify({ ...body, [field]: `${value}\ud800` })
      expect((await page.post(path, lone)).json).toMatchObject({ field, reason: 'not_unicode' })
    }
  })

  test('body: what is no object of JSON is refused', async () => {
    const texts = { '': 'not_json', '{': 'not_json', '[]': 'not_an_object', '"x"': 'not_an_object' }
    for (const [text, reason] of Object.entries(texts)) {
      const answer = await page.post(path, text)
      expect(refusalOf(answer)).toBe('invalid_input')
      expect(answer.json).toMatchObject({ field: 'body', reason })
    }
  })

  test('method: a GET is refused', async () => {
    const answer = await page.get(path)
    expect(refusalOf(answer)).toBe('method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST')
  })
})

test('size: it is counted as it comes, whatever Content-Length says, and reading stops', async () => {
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      sent += 1024
      controller.enqueue(new TextEncoder().encode('x'.repeat(1024)))
    },
  })
  const request = new Request(`${BASE}/login`, {
    method: 'POST',
    headers: { origin: SITE, 'content-type': 'application/json', 'content-length': '10' },
    body,
    duplex: 'half',
  })
  expect((await site.handler.fetch(request)).status).toBe(413)
  expect(sent).toBeLessThan(32 * 1024)
})

test('size: 16 KiB to the byte are taken', async () => {
  const body = JSON.stringify({ email: ANNA, password: '' })
  const padded = body.replace('""', `"${'x'.repeat(16_384 - body.length)}"`)
  const answer = await page.post('/login', padded)
  expect(answer.json).toMatchObject({ status: 400, field: 'password', reason: 'too_long' })
})

test('body: bytes that are no UTF-8 are refused', async () => {
  const bytes = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
  const headers = { origin: SITE, 'content-type': 'application/json' }
  const request = new Request(`${BASE}/login`, { method: 'POST', headers, body: bytes })
  const response = await site.handler.fetch(request)
  expect(await response.json()).toMatchObject({ field: 'body', reason: 'not_json' })
})

test('body: one that breaks off is the client’s affair', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"email":'))
      controller.error(new Error('gone'))
    },
  })
  const headers = { origin: SITE, 'content-type': 'application/json' }
  const request = new Request(`${BASE}/login`, { method: 'POST', headers, body, duplex: 'half' })
  const response = await site.handler.fetch(request)
  expect(await response.json()).toMatchObject({ field: 'body', reason: 'incomplete' })
  expect(site.reported).toEqual([])
})

test('body: nesting without end is refused', async () => {
  const text = `{"email":${'['.repeat(8000)}${']'.repeat(8000)}}`
  expect((await page.post('/login', text)).json).toMatchObject({ reason: 'too_deep' })
})

test('unknown paths: 404 as a problem document', async () => {
  for (const path of ['/nowhere', '/login/', '/me/x', '/sessions/end-otherss', '']) {
    expect(refusalOf(await site.send(path))).toBe('not_found')
    expect(refusalOf(await site.send(path, { body: {} }))).toBe('not_found')
  }
})

test('answers: every one is no-store, the good ones too', async () => {
  const answers = [
    await page.get('/me'),
    await page.get('/sessions'),
    await page.get('/openapi.json'),
    await page.post('/login', { email: ANNA, password: PASSWORD }),
    await page.post('/refresh', {}),
    await page.post('/password/forgot', { email: 'nobody@example.com' }),
  ]
  for (const answer of answers) {
    expect(answer.status).toBeLessThan(300)
    expectNoStore(answer)
  }
})

test('signed out: every route for people who are signed in says so', async () => {
  const { paths } = (await site.send('/openapi.json')).json
  for (const [path, item] of Object.entries<Record<string, { security: object[] }>>(paths)) {
    for (const [method, { security }] of Object.entries(item)) {
      if (security.length === 0) continue
      const visitor = site.browser()
      const answer =
        method === 'get' ? await visitor.get(path) : await visitor.post(path, POSTS[path])
      expect(refusalOf(answer)).toBe('not_signed_in')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  }
})

test('limits: the answer says how long to wait, in body and header', async () => {
  const body = { email: 'limited@example.com' }
  for (let n = 0; n < 3; n += 1) await site.send('/password/forgot', { body })
  const refused = await site.send('/password/forgot', { body })
  expect(refusalOf(refused)).toBe('rate_limited')
  expect(refused.json).toMatchObject({ status: 429, retryAfterSeconds: 3600 })
  expect(refused.headers.get('retry-after')).toBe('3600')
})

test('failures: the database’s is a 503, a bug a 500; neither says more, and the app is told', async () => {
  const failing = openSite()
  const secret = 'select * from users where email = anna'
  const { users } = failing.store
  const failures = [
    [new StoreError('users.findForSignIn', { cause: new Error(secret) }), 'store_unavailable'],
    [new TypeError(secret), 'internal_error'],
  ] as const
  for (const [error, code] of failures) {
    Object.assign(users, { findForSignIn: async () => Promise.reject(error) })
    const answer = await failing.browser().post('/login', { email: ANNA, password: PASSWORD })
    expect(refusalOf(answer)).toBe(code)
    expect(answer.text).not.toMatch(/select|anna|findForSignIn/)
    expect(failing.reported.at(-1)).toBe(error)
  }
  await failing.mindmesh.close()
})

test('statuses: they are those of the library', () => {
  const own = [
    'not_signed_in',
    'foreign_origin',
    'not_found',
    'method_not_allowed',
    'body_too_large',
    'unsupported_media_type',
    'internal_error',
    'store_unavailable',
  ]
  for (const [code, { status }] of Object.entries(PROBLEM_KINDS)) {
    if (own.includes(code)) continue
    expect(new AuthError(code as AuthError['code'])).toMatchObject({ code, status })
  }
})
