import { AuthClientError, createAuthClient, memoryTokenStorage } from '@mindmesh/auth-http/client'
import type { AuthClientOptions, TokenStorage } from '@mindmesh/auth-http/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { ANNA, BASE, openSite, SITE, type Site } from './support/site.ts'

let site: Site
/** Requests that reached the server, as `POST /login`. */
let seen: string[]

beforeEach(async () => {
  site = openSite()
  seen = []
  await site.register('anna')
})
afterEach(async () => site.mindmesh.close())

/** Straight to the handler; with a jar it is what a browser does for a page. */
function transport(jar: Map<string, string> | null): NonNullable<AuthClientOptions['fetch']> {
  return async (input, init) => {
    const request = new Request(input, init)
    seen.push(`${request.method} ${new URL(request.url).pathname.slice('/auth'.length)}`)
    if (jar === null) return site.handler.fetch(request)
    if (request.method !== 'GET') request.headers.set('origin', SITE)
    request.headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await site.handler.fetch(request)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = '', age] = /^([^=]+)=([^;]*).*Max-Age=(\d+)/.exec(line) ?? []
      if (age === '0') jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
}

const MODES = [
  ['cookie', () => ({ mode: 'cookie', fetch: transport(new Map()) })],
  ['token', () => ({ mode: 'token', fetch: transport(null) })],
] as const satisfies readonly (readonly [string, () => AuthClientOptions])[]

/** The client and how it signs in. */
function openClient(options: AuthClientOptions) {
  const client = createAuthClient(BASE, options)
  return {
    client,
    async signIn() {
      const step = await client.login({ email: ANNA, password: PASSWORD })
      if (!step.otpRequired) throw new Error('There should be a second step.')
      const code = await site.newestCode(ANNA)
      return client.verifyOtp({ email: ANNA, code, challengeId: step.challengeId })
    },
  }
}

describe.each(MODES)('%s', (mode, optionsOf) => {
  test('journey: every call of the client', async () => {
    const { client, signIn } = openClient(optionsOf())
    await client.register({ email: 'berta@example.com', password: PASSWORD })
    expect(await signIn()).toMatchObject({ email: ANNA })
    expect((await client.me()).user.email).toBe(ANNA)
    expect(await client.sessions()).toMatchObject([{ isCurrent: true }])
    await client.endOtherSessions()
    await client.reauthenticate({ password: PASSWORD })
    await client.sendVerification()
    await client.confirmVerification({ code: await site.newestCode(ANNA) })
    await client.changePassword({ current: PASSWORD, next: 'another long password' })
    await client.forgotPassword({ email: ANNA })
    const token = await site.newestToken(ANNA)
    expect((await client.exportAccount()).user['email']).toBe(ANNA)
    await client.resetPassword({ token, newPassword: PASSWORD })
    await expect(client.me()).rejects.toMatchObject({ code: 'session_revoked' })
    site.clock.advance({ minutes: 11 })
    await signIn()
    await client.requestEmailChange({ newEmail: 'new@example.com' })
    await client.confirmEmailChange({ token: await site.newestToken('new@example.com') })
    await client.undoEmailChange({ token: await site.newestToken(ANNA) })
    site.clock.advance({ minutes: 11 })
    await signIn()
    const { sessionId } = await client.me()
    await client.endSession({ sessionId })
    site.clock.advance({ minutes: 11 })
    await signIn()
    await client.deleteAccount()
    await expect(client.me()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(await site.mindmesh.user.getByEmail(ANNA)).toBeNull()
  })

  test('refresh: many calls at once whose token ran out share one', async () => {
    const { client, signIn } = openClient(optionsOf())
    await signIn()
    site.clock.advance({ minutes: 16 })
    seen = []
    const answers = await Promise.all(Array.from({ length: 10 }, async () => client.me()))
    expect(answers.map(({ user }) => user.email)).toEqual(answers.map(() => ANNA))
    expect(seen.filter((line) => line === 'POST /refresh')).toHaveLength(1)
    expect(seen.filter((line) => line === 'GET /me')).toHaveLength(20)
    seen = []
    await client.me()
    expect(seen).toEqual(['GET /me'])
  })

  test('refresh: where the session is over every call is refused, and the app is told once', async () => {
    const ends: string[] = []
    const options = { ...optionsOf(), onSessionEnd: (code: string) => void ends.push(code) }
    const { client, signIn } = openClient(options)
    const user = await signIn()
    await site.mindmesh.session.revokeAll(user.id)
    site.clock.advance({ minutes: 16 })
    const calls = Array.from({ length: 5 }, async () => client.me())
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'session_revoked' } })
    }
    expect(ends).toEqual(['session_revoked'])
    seen = []
    await expect(client.me()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(seen).toEqual(['GET /me'])
  })

  test('refresh: a server that fails for the moment ends nothing', async () => {
    const options = optionsOf()
    let isDown = false
    const ends: string[] = []
    const { client, signIn } = openClient({
      ...options,
      fetch: async (input, init) => {
        const isRefresh = input === `${BASE}/refresh`
        return isDown && isRefresh ? new Response('', { status: 502 }) : options.fetch(input, init)
      },
      onSessionEnd: (code) => void ends.push(code),
    })
    await signIn()
    site.clock.advance({ minutes: 16 })
    isDown = true
    await expect(client.me()).rejects.toMatchObject({ code: 'unknown', status: 502 })
    isDown = false
    expect((await client.me()).user.email).toBe(ANNA)
    expect(ends).toEqual([])
  })

  test('logout: also with a token that ran out, and again', async () => {
    const { client, signIn } = openClient(optionsOf())
    const user = await signIn()
    site.clock.advance({ minutes: 16 })
    await client.logout()
    expect(await site.mindmesh.session.list(user.id)).toEqual([])
    await client.logout()
    await expect(client.me()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  test('errors: what is refused says where and why', async () => {
    const { client } = openClient(optionsOf())
    const error: unknown = await client.register({ email: ANNA, password: 'x' }).catch((e) => e)
    expect(error).toBeInstanceOf(AuthClientError)
    expect(error).toMatchObject({
      code: 'invalid_input',
      status: 400,
      field: 'password',
      reason: 'too_short',
      message: expect.stringMatching(/./),
    })
  })

  test('login: without a second step the session is there at once', async () => {
    await site.mindmesh.close()
    site = openSite({ config: { dangerouslyDisableLoginOtp: true } })
    await site.register('anna')
    const { client } = openClient(optionsOf())
    const step = await client.login({ email: ANNA, password: PASSWORD })
    expect(step).toEqual({ otpRequired: false, user: expect.objectContaining({ email: ANNA }) })
    expect((await client.me()).user.email).toBe(ANNA)
  })

  test('fetch: shows the session to the app’s own routes, renews it, and shows it to nobody else', async () => {
    const { client, signIn } = openClient(optionsOf())
    await signIn()
    site.clock.advance({ minutes: 16 })
    const response = await client.fetch(`${BASE}/sessions/end-others`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(response.status).toBe(403)
    expect(seen.slice(-3)).toEqual([
      'POST /sessions/end-others',
      'POST /refresh',
      'POST /sessions/end-others',
    ])
    const request = new Request(`${BASE}/me`)
    site.clock.advance({ minutes: 16 })
    expect((await client.fetch(request)).status).toBe(200)
    await expect(client.fetch('https://evil.example/me')).rejects.toThrow(TypeError)
    expect(mode).toMatch(/cookie|token/)
  })
})

test('storage: two programs on one storage do not trip over each other', async () => {
  const storage = memoryTokenStorage()
  const options = { mode: 'token', storage, fetch: transport(null) } as const
  const one = openClient(options)
  const two = openClient(options)
  await one.signIn()
  for (let n = 0; n < 3; n += 1) {
    site.clock.advance({ minutes: 16 })
    const calls = [one, two, one, two].map(async ({ client }) => client.me())
    expect(await Promise.all(calls)).toHaveLength(4)
  }
  expect(await site.eventTypes()).not.toContain('REFRESH_TOKEN_REUSED')
})

/** A transport whose answers to the next request of this path come when the test lets them. */
function holding(path: string) {
  const direct = transport(null)
  let release = (): void => undefined
  let held: Promise<void> | null = null
  const fetch: NonNullable<AuthClientOptions['fetch']> = async (input, init) => {
    const response = await direct(input, init)
    if (input !== BASE + path || held === null) return response
    const waiting = held
    held = null
    await waiting
    return response
  }
  const hold = (): void => {
    held = new Promise((resolve) => {
      release = resolve
    })
  }
  return { fetch, hold, release: () => release() }
}

test('refresh: a refusal that comes late finds the session renewed, and asks again at once', async () => {
  const { fetch, hold, release } = holding('/sessions')
  const { client, signIn } = openClient({ mode: 'token', fetch })
  await signIn()
  site.clock.advance({ minutes: 16 })
  hold()
  const late = client.sessions()
  await expect.poll(() => seen.at(-1)).toBe('GET /sessions')
  await client.me()
  release()
  expect(await late).toHaveLength(1)
  expect(seen.filter((line) => line === 'POST /refresh')).toHaveLength(1)
})

test('refresh: a refusal that comes after signing out is not one to renew', async () => {
  const storage = memoryTokenStorage()
  const { fetch, hold, release } = holding('/sessions')
  const { client, signIn } = openClient({ mode: 'token', storage, fetch })
  await signIn()
  site.clock.advance({ minutes: 16 })
  hold()
  const late = client.sessions().catch((error: unknown) => error)
  await expect.poll(() => seen.at(-1)).toBe('GET /sessions')
  await storage.save(null)
  release()
  expect(await late).toMatchObject({ code: 'not_signed_in' })
  expect(seen).not.toContain('POST /refresh')
})

test('storage: an answer that comes after signing out brings no session back', async () => {
  const storage: TokenStorage = memoryTokenStorage()
  const { fetch, hold, release } = holding('/refresh')
  const { client, signIn } = openClient({ mode: 'token', storage, fetch })
  await signIn()
  site.clock.advance({ minutes: 16 })
  hold()
  const late = client.me().catch((error: unknown) => error)
  await expect.poll(() => seen.at(-1)).toBe('POST /refresh')
  await storage.save(null)
  release()
  expect(await late).toMatchObject({ code: 'not_signed_in' })
  expect(await storage.load()).toBeNull()
})
