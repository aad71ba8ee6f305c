import { afterEach, expect, test } from 'vitest'
import type { AuthHandlerOptions } from '@mindmesh/auth-http'
import { PASSWORD } from '../support/instance.ts'
import { ANNA, BASE, openSite, SITE, type Site } from './support/site.ts'

let site: Site
afterEach(async () => site.mindmesh.close())

/** The address that the newest event names after a sign-in with these headers. */
async function recorded(
  options: AuthHandlerOptions,
  headers: Record<string, string>,
  peer: string | null = '10.0.0.1',
): Promise<string | null | undefined> {
  site = openSite({ handler: options })
  const request = new Request(`${BASE}/login`, {
    method: 'POST',
    headers: { origin: SITE, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email: ANNA, password: PASSWORD }),
  })
  const env = peer === null ? undefined : { incoming: { socket: { remoteAddress: peer } } }
  expect((await site.handler.fetch(request, env)).status).toBe(401)
  const { items } = await site.mindmesh.events.list({ type: 'LOGIN_FAILED' })
  return items[0]?.ipAddress
}

const FORGED = '1.1.1.1, 2.2.2.2, 198.51.100.7'

test('address: the socket’s; a forwarding header counts for nothing unless proxies are stated', async () => {
  expect(await recorded({}, { 'x-forwarded-for': FORGED })).toBe('10.0.0.1')
})

test('address: behind n proxies the one that is n from the right, whatever was forged', async () => {
  expect(await recorded({ trustedProxies: 1 }, { 'x-forwarded-for': FORGED })).toBe('198.51.100.7')
  expect(await recorded({ trustedProxies: 2 }, { 'x-forwarded-for': FORGED })).toBe('2.2.2.2')
  // A request that came past the first proxy: all that is there was written by ours.
  expect(await recorded({ trustedProxies: 5 }, { 'x-forwarded-for': '9.9.9.9' })).toBe('9.9.9.9')
})

test('address: no header, or nonsense in its place, leaves the socket’s', async () => {
  expect(await recorded({ trustedProxies: 1 }, {})).toBe('10.0.0.1')
  const nonsense = { 'x-forwarded-for': '1.1.1.1, unknown' }
  expect(await recorded({ trustedProxies: 1 }, nonsense)).toBe('10.0.0.1')
})

test('address: IPv4 that came as IPv6 is IPv4', async () => {
  expect(await recorded({}, {}, '::ffff:192.0.2.1')).toBe('192.0.2.1')
  const mapped = { 'x-forwarded-for': '[::FFFF:c000:0201]:8080' }
  expect(await recorded({ trustedProxies: 1 }, mapped)).toBe('192.0.2.1')
})

test('address: a runtime without sockets may tell it; nonsense is a failure, not no limit', async () => {
  const clientAddress = (request: Request) => request.headers.get('cf-connecting-ip')
  expect(await recorded({ clientAddress }, { 'cf-connecting-ip': '192.0.2.9' }, null)).toBe(
    '192.0.2.9',
  )
  expect(await recorded({ clientAddress }, {}, null)).toBeNull()
  await expect(recorded({ clientAddress: () => 'elsewhere' }, {})).rejects.toThrow(/500/)
})

test('limits: forged headers do not get around the limit of one address', async () => {
  site = openSite({ handler: { trustedProxies: 1 } })
  for (let n = 0; n < 11; n += 1) {
    const forwarded = `${n}.1.1.1, 198.51.100.7`
    const answer = await site
      .browser()
      .post(
        '/login',
        { email: `x${n}@example.com`, password: PASSWORD },
        { 'x-forwarded-for': forwarded },
      )
    expect(answer.status).toBe(n < 10 ? 401 : 429)
  }
})

test('context: user agent and language of the request reach the events and the mails', async () => {
  site = openSite()
  await site.register('anna')
  await site
    .browser()
    .post(
      '/login',
      { email: ANNA, password: PASSWORD },
      { 'user-agent': 'Test/1.0', 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' },
    )
  const { items } = await site.mindmesh.events.list({ type: 'OTP_SENT' })
  expect(items[0]?.userAgent).toBe('Test/1.0')
  expect((await site.newestMail(ANNA)).html).toContain('lang="de"')
})
