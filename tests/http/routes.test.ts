import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { ANNA, openSite, type Site } from './support/site.ts'

let site: Site

beforeEach(async () => {
  site = openSite()
  await site.register('anna')
})
afterEach(async () => site.mindmesh.close())

const NEXT = 'another long password'

test('journey: a browser registers, signs in with both steps, is known, and signs out', async () => {
  const page = site.browser()
  const email = 'berta@example.com'
  expect(await page.post('/register', { email, password: PASSWORD })).toMatchObject({
    status: 202,
    text: '',
  })
  expect(page.jar.size).toBe(0)
  const step = await page.post('/login', { email, password: PASSWORD })
  expect(step).toMatchObject({ status: 200, json: { otpRequired: true, challengeId: null } })
  const code = await site.newestCode(email)
  const signedIn = await page.post('/verify-otp', { email, code })
  expect(signedIn).toMatchObject({ status: 200, json: { user: { email }, tokens: null } })
  expect(signedIn.text).not.toMatch(/eyJ/)
  const me = await page.get('/me')
  expect(me.json).toEqual({
    user: {
      id: expect.any(String),
      email,
      displayEmail: email,
      emailVerifiedAt: '2026-01-01T00:00:00.000Z',
      lastSignedInAt: '2026-01-01T00:00:00.000Z',
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    sessionId: expect.any(String),
  })
  const cookie = page.cookie
  expect(await page.post('/logout', {})).toMatchObject({ status: 204, text: '' })
  expect(page.jar.size).toBe(0)
  expect((await page.get('/me')).json.code).toBe('not_signed_in')
  expect((await site.send('/me', { headers: { cookie } })).json.code).toBe('session_revoked')
})

test('journey: a phone does the same with tokens and never gets a cookie', async () => {
  const login = { email: ANNA, password: PASSWORD, mode: 'token' }
  const step = await site.send('/login', { body: login })
  expect(step.json).toEqual({ otpRequired: true, challengeId: expect.any(String) })
  const { challengeId } = step.json
  const code = await site.newestCode(ANNA)
  const signedIn = await site.send('/verify-otp', {
    body: { email: ANNA, code, mode: 'token', challengeId },
  })
  expect(signedIn.json.tokens).toEqual({
    accessToken: expect.stringMatching(/^eyJ/),
    refreshToken: expect.stringMatching(/^[\w-]{128}$/),
    expiresInSeconds: 900,
  })
  const { refreshToken } = signedIn.json.tokens
  const refreshed = await site.send('/refresh', { body: { mode: 'token', refreshToken } })
  const headers = { authorization: `Bearer ${refreshed.json.tokens.accessToken}` }
  expect((await site.send('/me', { headers })).json.user.email).toBe(ANNA)
  expect((await site.send('/logout', { body: {}, headers })).status).toBe(204)
  expect((await site.send('/me', { headers })).json.code).toBe('session_revoked')
  for (const answer of [step, signedIn, refreshed]) {
    expect(answer.headers.getSetCookie()).toEqual([])
  }
})

test('login: without the second step it signs in at once, by cookie or by token', async () => {
  const direct = openSite({ config: { dangerouslyDisableLoginOtp: true } })
  await direct.register('anna')
  const page = direct.browser()
  const body = { email: ANNA, password: PASSWORD }
  expect((await page.post('/login', body)).json).toMatchObject({ otpRequired: false, tokens: null })
  expect((await page.get('/me')).json.user.email).toBe(ANNA)
  const phone = await direct.send('/login', { body: { ...body, mode: 'token' } })
  expect(phone.json).toMatchObject({
    otpRequired: false,
    user: { email: ANNA },
    tokens: { expiresInSeconds: 900 },
  })
  await direct.mindmesh.close()
})

test('verify-otp: a code counts only with the challenge of its attempt', async () => {
  const { code, challengeId } = await site.startLogin('anna')
  const stranger = site.browser()
  const refused = await stranger.post('/verify-otp', { email: ANNA, code })
  expect(refused.json).toMatchObject({ status: 401, code: 'otp_invalid' })
  const other = '0190a000-0000-7000-8000-000000000000'
  const body = { email: ANNA, code, mode: 'token', challengeId: other }
  expect((await site.send('/verify-otp', { body })).json.code).toBe('otp_invalid')
  expect((await site.send('/verify-otp', { body: { ...body, challengeId } })).status).toBe(200)
})

test('verify-otp: a browser’s cookie knows the address; a program has to name it', async () => {
  const page = site.browser()
  await page.post('/login', { email: ANNA, password: PASSWORD })
  const code = await site.newestCode(ANNA)
  expect((await page.post('/verify-otp', { code })).json.user.email).toBe(ANNA)
  const { challengeId } = await site.startLogin('anna')
  const unnamed = await site.send('/verify-otp', { body: { code, mode: 'token', challengeId } })
  expect(unnamed.json).toMatchObject({ code: 'invalid_input', field: 'email' })
})

test('verify-otp: a wrong code tells the tries that are left', async () => {
  const { code, challengeId } = await site.startLogin('anna')
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  const body = { email: ANNA, code: wrong, mode: 'token', challengeId }
  expect((await site.send('/verify-otp', { body })).json).toMatchObject({ attemptsLeft: 4 })
})

test('sessions: they are listed, one is ended, the others are ended', async () => {
  const page = await site.signedInBrowser()
  const one = await site.bearer()
  const two = await site.bearer()
  const { sessions } = (await page.get('/sessions')).json
  expect(sessions).toHaveLength(3)
  expect(sessions.map((s: { isCurrent: boolean }) => s.isCurrent)).toEqual([false, false, true])
  expect(sessions[0]).not.toHaveProperty('refreshSalt')
  const { sessionId } = await site.mindmesh.auth.verifyAccessToken(one.accessToken)
  expect((await page.post('/sessions/end', { sessionId })).status).toBe(204)
  const ended = await site.send('/me', { headers: { authorization: one.authorization } })
  expect(ended.json.code).toBe('session_revoked')
  expect((await page.post('/sessions/end-others', {})).status).toBe(204)
  const other = await site.send('/me', { headers: { authorization: two.authorization } })
  expect(other.json.code).toBe('session_revoked')
  expect((await page.get('/me')).status).toBe(200)
})

test('sessions: ending the own one signs the browser out', async () => {
  const page = await site.signedInBrowser()
  const { sessionId } = (await page.get('/me')).json
  expect((await page.post('/sessions/end', { sessionId })).status).toBe(204)
  expect(page.jar.size).toBe(0)
})

test('sessions: another person’s session is like one that never was', async () => {
  const page = await site.signedInBrowser()
  await site.register('berta')
  const berta = await site.signIn('berta')
  const { sessionId } = await site.mindmesh.auth.verifyAccessToken(berta.accessToken)
  const refused = await page.post('/sessions/end', { sessionId })
  expect(refused.json).toMatchObject({ status: 404, code: 'session_not_found' })
  expect(await site.mindmesh.auth.getUserFromToken(berta.accessToken)).toBeDefined()
})

const FRESH = [
  ['/sessions/end-others', {}, 204],
  ['/email/change', { newEmail: 'new@example.com' }, 202],
  ['/account/export', {}, 200],
  ['/account/delete', {}, 204],
] as const

test.each(FRESH)('%s: needs a fresh sign-in or the password', async (path, body, status) => {
  const page = await site.signedInBrowser()
  site.clock.advance({ minutes: 14 })
  await page.post('/refresh', {})
  site.clock.advance({ minutes: 2 })
  await page.post('/refresh', {})
  expect((await page.post(path, body)).json.code).toBe('reauthentication_required')
  const wrong = await page.post(path, { ...body, password: 'a wrong password' })
  expect(wrong.json.code).toBe('invalid_credentials')
  expect((await page.post(path, { ...body, password: PASSWORD })).status).toBe(status)
})

test('reauthenticate: makes the session fresh again', async () => {
  const page = await site.signedInBrowser()
  site.clock.advance({ minutes: 16 })
  await page.post('/refresh', {})
  const wrong = await page.post('/reauthenticate', { password: 'a wrong password' })
  expect(wrong.json.code).toBe('invalid_credentials')
  expect((await page.post('/reauthenticate', { password: PASSWORD })).status).toBe(204)
  expect((await page.post('/account/export', {})).status).toBe(200)
})

test('sessions/end: needs a fresh sign-in, too, but not for the own session', async () => {
  const page = await site.signedInBrowser()
  const { accessToken } = await site.bearer()
  const { sessionId } = await site.mindmesh.auth.verifyAccessToken(accessToken)
  site.clock.advance({ minutes: 16 })
  await page.post('/refresh', {})
  const refused = await page.post('/sessions/end', { sessionId })
  expect(refused.json.code).toBe('reauthentication_required')
  expect((await page.post('/sessions/end', { sessionId, password: PASSWORD })).status).toBe(204)
  const own = (await page.get('/me')).json.sessionId
  expect((await page.post('/sessions/end', { sessionId: own })).status).toBe(204)
})

test('password: forgotten, reset by the mailed token, once', async () => {
  const page = await site.signedInBrowser()
  expect((await page.post('/password/forgot', { email: ANNA })).status).toBe(202)
  const token = await site.newestToken(ANNA)
  const body = { token, newPassword: NEXT }
  expect(await page.post('/password/reset', body)).toMatchObject({ status: 204, text: '' })
  expect((await page.post('/password/reset', body)).json).toMatchObject({
    status: 400,
    code: 'link_invalid',
  })
  expect((await page.get('/me')).json.code).toBe('session_revoked')
  expect((await page.post('/login', { email: ANNA, password: NEXT })).status).toBe(200)
})

test('password: changed by its owner; this session stays, the others end', async () => {
  const page = await site.signedInBrowser()
  const { authorization } = await site.bearer()
  const wrong = await page.post('/password/change', { current: 'a wrong password', next: NEXT })
  expect(wrong.json.code).toBe('invalid_credentials')
  const short = await page.post('/password/change', { current: PASSWORD, next: 'short' })
  expect(short.json).toMatchObject({ code: 'invalid_input', field: 'next', reason: 'too_short' })
  expect((await page.post('/password/change', { current: PASSWORD, next: NEXT })).status).toBe(204)
  expect((await page.get('/me')).status).toBe(200)
  expect((await site.send('/me', { headers: { authorization } })).json.code).toBe('session_revoked')
})

test('email: changed by the mailed token, and taken back by the other', async () => {
  const page = await site.signedInBrowser()
  const fresh = 'new@example.com'
  expect((await page.post('/email/change', { newEmail: fresh })).status).toBe(202)
  const token = await site.newestToken(fresh)
  expect((await page.post('/email/change/confirm', { token })).status).toBe(204)
  expect((await page.get('/me')).json.code).toBe('session_revoked')
  expect(await site.mindmesh.user.getByEmail(fresh)).not.toBeNull()
  const undo = await site.newestToken(ANNA)
  expect((await site.send('/email/change/undo', { body: { token: undo } })).status).toBe(204)
  expect(await site.mindmesh.user.getByEmail(ANNA)).not.toBeNull()
})

test('email: verified by a mailed code where signing in proves nothing', async () => {
  const direct = openSite({ config: { dangerouslyDisableLoginOtp: true } })
  await direct.register('anna')
  const page = direct.browser()
  await page.post('/login', { email: ANNA, password: PASSWORD })
  expect((await page.get('/me')).json.user.emailVerifiedAt).toBeNull()
  expect((await page.post('/email/verify/send', {})).status).toBe(202)
  const code = await direct.newestCode(ANNA)
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  expect((await page.post('/email/verify/confirm', { code: wrong })).json.code).toBe('otp_invalid')
  expect((await page.post('/email/verify/confirm', { code })).status).toBe(204)
  expect((await page.get('/me')).json.user.emailVerifiedAt).not.toBeNull()
  await direct.mindmesh.close()
})

test('account: exported without a secret, then deleted, and the browser is signed out', async () => {
  const page = await site.signedInBrowser()
  const exported = await page.post('/account/export', {})
  expect(exported.json).toMatchObject({
    exportedAt: '2026-01-01T00:00:00.000Z',
    user: { email: ANNA },
    sessions: [{ device: expect.any(String) }],
  })
  expect(exported.json.events.length).toBeGreaterThan(2)
  expect(exported.text).not.toMatch(/refreshSalt|passwordHash|test\$/)
  expect((await page.post('/account/delete', {})).status).toBe(204)
  expect(page.jar.size).toBe(0)
  expect(await site.mindmesh.user.getByEmail(ANNA)).toBeNull()
})

test('links: opening one in a browser uses nothing up', async () => {
  await site.mindmesh.password.requestReset(ANNA)
  const token = await site.newestToken(ANNA)
  for (const path of ['/password/reset', '/email/change/confirm', '/email/change/undo']) {
    const opened = await site.send(`${path}?token=${token}`)
    expect(opened.json).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(opened.headers.get('allow')).toBe('POST')
  }
  const body = { token, newPassword: NEXT }
  expect((await site.send('/password/reset', { body })).status).toBe(204)
})
