import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import type { Answer } from './support/browser.ts'
import { ANNA, openSite, type Site } from './support/site.ts'

let site: Site

beforeEach(async () => {
  site = openSite()
  await site.register('anna')
})
afterEach(async () => site.mindmesh.close())

/** Everything that a stranger sees of an answer. */
function seen({ status, headers, text }: Answer): string {
  return JSON.stringify([status, [...headers].toSorted(), text])
}

const STRANGER = 'berta@example.com'

test('register: a new and a taken address get the same bytes; the owner is told by mail', async () => {
  const taken = await site.send('/register', { body: { email: ANNA, password: PASSWORD } })
  const fresh = await site.send('/register', { body: { email: STRANGER, password: PASSWORD } })
  expect(seen(taken)).toBe(seen(fresh))
  expect(fresh.status).toBe(202)
  expect((await site.newestMail(ANNA)).subject).toContain('already have an account')
  expect(site.mailer.sent.filter(({ to }) => to === STRANGER)).toEqual([])
})

test('register: the answer waits for a step of the clock, so that no end of the flow shows', async () => {
  for (const email of [ANNA, STRANGER]) {
    const start = performance.now()
    await site.send('/register', { body: { email, password: PASSWORD } })
    // Timers may ring up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(198)
  }
})

test('register: what is refused is refused alike', async () => {
  const short = async (email: string) => site.send('/register', { body: { email, password: 'x' } })
  expect(seen(await short(ANNA))).toBe(seen(await short(STRANGER)))
})

test('register: its limit for one place refuses a new and a taken address in the same bytes', async () => {
  const clientAddress = (): string => '192.0.2.1'
  const config = { limits: { registerPerIp: { limit: 1 } } }
  const limited = openSite({ config, handler: { clientAddress } })
  await limited.register('anna')
  const register = async (email: string) =>
    limited.send('/register', { body: { email, password: PASSWORD } })
  expect((await register(STRANGER)).status).toBe(202)
  const [taken, free] = [await register(ANNA), await register('carla@example.com')]
  expect(taken).toMatchObject({ status: 429, json: { code: 'rate_limited' } })
  expect(seen(taken)).toBe(seen(free))
  await limited.mindmesh.close()
})

test('login: an unknown address and a wrong password get the same bytes', async () => {
  const password = 'a wrong password'
  const known = await site.browser().post('/login', { email: ANNA, password })
  const unknown = await site.browser().post('/login', { email: STRANGER, password })
  expect(known.status).toBe(401)
  expect(seen(known)).toBe(seen(unknown))
})

test('login: a blocked account with a wrong password is like any other', async () => {
  await site.mindmesh.user.block((await site.mindmesh.user.getByEmail(ANNA))?.id ?? '')
  const password = 'a wrong password'
  const blocked = await site.browser().post('/login', { email: ANNA, password })
  const unknown = await site.browser().post('/login', { email: STRANGER, password })
  expect(seen(blocked)).toBe(seen(unknown))
})

test('forgot: a known and an unknown address get the same bytes, up to the limit', async () => {
  for (let n = 0; n < 4; n += 1) {
    const known = await site.send('/password/forgot', { body: { email: ANNA } })
    const unknown = await site.send('/password/forgot', { body: { email: STRANGER } })
    expect(seen(known)).toBe(seen(unknown))
    expect(known.status).toBe(n < 3 ? 202 : 429)
  }
})

test('verify-otp: an unknown address gets the same bytes as one without an open code', async () => {
  const verify = async (email: string) => {
    const challengeId = '0190a000-0000-7000-8000-000000000000'
    return site.send('/verify-otp', { body: { email, code: '123456', mode: 'token', challengeId } })
  }
  expect(seen(await verify(ANNA))).toBe(seen(await verify(STRANGER)))
})

test('email change: a taken and a free address get the same bytes', async () => {
  await site.register('berta')
  const page = await site.signedInBrowser()
  const taken = await page.post('/email/change', { newEmail: STRANGER })
  const free = await page.post('/email/change', { newEmail: 'free@example.com' })
  expect(seen(taken)).toBe(seen(free))
})
