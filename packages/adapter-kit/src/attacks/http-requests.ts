import { expectEqual } from '../expect.ts'
import { attackBrowser } from './attack-browser.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD } from './attack-context.ts'
import { send, type HttpAttackContext } from './http-context.ts'
import type { HttpAnswer } from './http-target.ts'

const ANNA = 'anna@example.com'
const NOBODY = 'nobody@example.com'
const TRIES = 24

/** How many of many guesses were heard, where each request differs by what `sent` makes of its number. */
async function heard(
  c: HttpAttackContext,
  requestOf: (nth: number) => {
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly peer?: string
  },
): Promise<number> {
  let count = 0
  for (let nth = 0; nth < TRIES; nth += 1) {
    const { path = '/login', ...sent } = requestOf(nth)
    const body = { email: `nobody${nth}@example.com`, password: 'a guess or two', mode: 'token' }
    const { code } = await send(c, path, { body, ...sent })
    if (code !== 'rate_limited' && code !== 'not_found') count += 1
  }
  return count
}

const HEADERS = [
  'x-forwarded-for',
  'x-real-ip',
  'forwarded',
  'cf-connecting-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'via',
]

const LIMITS = attacksOf<HttpAttackContext>('http', {
  'dodges the count of an address by forged forwarding headers': async (c) => {
    const guesses = await heard(c, (nth) => ({
      headers: Object.fromEntries(HEADERS.map((name) => [name, `198.51.100.${nth}`])),
    }))
    expectEqual(guesses, c.limits.loginPerIp, 'guesses that were heard')
  },
  'dodges the count of an address by the many addresses of one IPv6 network': async (c) => {
    const guesses = await heard(c, (nth) => ({ peer: `2001:db8:1:2::${nth.toString(16)}` }))
    expectEqual(guesses, c.limits.loginPerIp, 'guesses that were heard')
  },
  'dodges the count of an address by other spellings of the path': async (c) => {
    const paths = [
      '/login',
      '//login',
      '/./login',
      '/x/../login',
      '/LOGIN',
      '/login/',
      '/login//',
      '/%6cogin',
      '/login%2f',
      '/login;a=b',
      '/login?x=1',
      '/login#x',
      '/%2flogin',
      '/login%00',
      '/..;/login',
    ]
    const guesses = await heard(c, (nth) => ({ path: paths[nth % paths.length] ?? '' }))
    expectEqual(guesses <= c.limits.loginPerIp, true, `whether ${guesses} are few enough`)
  },
  'dodges the count of an account by other spellings of the body': async (c) => {
    await c.register('anna')
    let count = 0
    for (let nth = 0; nth < TRIES; nth += 1) {
      const guess = `"password":"guess number ${nth}","mode":"token"`
      const bodies = [
        `{"email":"anna@example.com",${guess}}`,
        `{"email":"\\u0061nna@example.com",${guess}}`,
        `{"email":"nobody@example.com","email":"anna@example.com",${guess}}`,
        `\n{ "email" : " ANNA@example.com ",${guess}}`,
      ]
      const body = bodies[nth % bodies.length] ?? ''
      const { code } = await send(c, '/login', { body, peer: `198.51.100.${nth}` })
      if (code === 'invalid_credentials') count += 1
    }
    expectEqual(count, c.limits.loginFailures, 'guesses that were compared')
  },
})

/** Everything that a stranger sees of an answer. */
function seen({ status, headers, text }: HttpAnswer): string {
  return JSON.stringify([status, [...headers].map((pair) => pair.join(': ')).toSorted(), text])
}

const QUESTIONS: readonly (readonly [what: string, path: string, body: object])[] = [
  ['registering', '/register', { password: PASSWORD }],
  ['registering with a weak password', '/register', { password: 'x' }],
  ['a wrong password', '/login', { password: 'a wrong password', mode: 'token' }],
  ['asking for a reset link', '/password/forgot', {}],
  [
    'a wrong code',
    '/verify-otp',
    { code: '123456', mode: 'token', challengeId: '0190a000-0000-7000-8000-000000000000' },
  ],
]

const ENUMERATION = attackEach('http', QUESTIONS, {
  name: ([what]) =>
    `learns who has an account from status, heads and bytes of the answer to ${what}`,
  async run(c: HttpAttackContext, [, path, body]) {
    await c.register('anna')
    await c.app.user.block((await c.register('blocked')).id)
    const isNew = path === '/register'
    const rounds = isNew ? 1 : 5
    const columns = isNew && Object.keys(c.profile).length > 0 ? { profile: c.profile } : {}
    for (let nth = 0; nth < rounds; nth += 1) {
      const answerTo = async (email: string) =>
        seen(await send(c, path, { body: { ...body, ...columns, email }, peer: '' }))
      const unknown = await answerTo(NOBODY)
      expectEqual(await answerTo(ANNA), unknown, 'a known address')
      expectEqual(await answerTo('blocked@example.com'), unknown, 'a blocked one')
    }
  },
})

const AWAY = [
  'https://evil.test/',
  '//evil.test',
  '/\\evil.test',
  '/%09/evil.test',
  'javascript:alert(1)',
  '/a/..//evil.test',
  'https://app.example.com@evil.test',
]

const REDIRECTS: readonly AttackCase<HttpAttackContext>[] = [
  ...attackEach('http', AWAY, {
    name: (target) => `has a link of the site lead to ${target}`,
    async run(c: HttpAttackContext, target) {
      const redirectTo = encodeURIComponent(target)
      const paths = [
        `/oauth/hub?redirectTo=${redirectTo}`,
        `/oauth/${redirectTo}`,
        `/oauth/hub/callback?redirectTo=${redirectTo}&error=access_denied&state=x`,
        `/oauth/hub/callback?error=${redirectTo}&error_uri=${redirectTo}&state=${redirectTo}`,
      ]
      for (const path of paths) {
        const { headers } = await send(c, path)
        const location = headers.get('location') ?? '/'
        const { host } = new URL(location, c.target.base)
        const own = [new URL(c.target.base).host, 'hub.test']
        expectEqual(own.includes(host), true, `whether ${location} is our own`)
        expectEqual(decodeURIComponent(location).includes('evil.test'), false, 'whether it says so')
      }
    },
  }),
  ...attacksOf<HttpAttackContext>('http', {
    'writes heads into an answer by the query': async (c) => {
      const text = encodeURIComponent('x\r\nSet-Cookie: thief=1\r\n\r\n<script>')
      for (const path of [
        `/oauth/hub?redirectTo=${text}`,
        `/oauth/${text}`,
        `/oauth/hub/callback?state=${text}&error=${text}&code=${text}`,
      ]) {
        const { headers, text: body } = await send(c, path)
        expectEqual(
          headers.get('set-cookie')?.includes('thief') ?? false,
          false,
          `a cookie by ${path}`,
        )
        expectEqual(body.includes('<script>'), false, `HTML by ${path}`)
      }
    },
    'has HTML sent back in a refusal': async (c) => {
      const html = '<script>alert(1)</script>'
      const answers = [
        await send(c, '/login', {
          body: { email: html, password: html, [html]: 1, mode: 'token' },
        }),
        await send(c, `/${encodeURIComponent(html)}`),
        await send(c, '/verify-otp', { body: { email: ANNA, code: html, mode: html } }),
      ]
      for (const { headers } of answers) {
        expectEqual(
          headers.get('content-type')?.includes('html') ?? false,
          false,
          'whether it is HTML',
        )
        expectEqual(headers.get('x-content-type-options'), 'nosniff', 'x-content-type-options')
      }
    },
    'has the links of mails lead to a host of the thief’s': async (c) => {
      await c.register('anna')
      const headers = {
        host: 'evil.test',
        'x-forwarded-host': 'evil.test',
        forwarded: 'host=evil.test',
        origin: new URL(c.target.base).origin,
      }
      await send(c, '/password/forgot', { body: { email: ANNA }, headers })
      const { text, html } = await c.newestMail(ANNA)
      expectEqual((text + html).includes('evil.test'), false, 'whether the mail names it')
    },
    'has answers kept by a cache on the way': async (c) => {
      await c.register('anna')
      const browser = attackBrowser(c.target)
      const answers = [
        await browser.send('/login', { body: { email: ANNA, password: PASSWORD } }),
        await browser.send('/me'),
        await browser.send('/nowhere'),
        await browser.send('/me/x.css'),
        await browser.send('/oauth/hub'),
      ]
      for (const { headers } of answers) {
        expectEqual(headers.get('cache-control'), 'no-store', 'cache-control')
      }
    },
    'sends what is slow to read: long, deep, compressed, or another size than it says': async (
      c,
    ) => {
      const deep = `{"email":${'['.repeat(8000)}${']'.repeat(8000)}}`
      const bodies = [
        deep,
        '['.repeat(16_000),
        `{"email":"${'x'.repeat(1_048_576)}"}`,
        '{}'.repeat(8000),
      ]
      for (const body of bodies) {
        const { status } = await send(c, '/login', { body })
        expectEqual(status === 400 || status === 413, true, `whether ${status} is a refusal`)
      }
      const headers = { 'content-encoding': 'gzip' }
      const { status } = await send(c, '/login', { body: '\u001f\u008b', headers })
      expectEqual(status >= 400 && status < 500, true, `whether ${status} is a refusal`)
    },
  }),
]

/** Attacks by what a request says of itself. */
export const httpRequests: readonly AttackCase<HttpAttackContext>[] = [
  ...LIMITS,
  ...ENUMERATION,
  ...REDIRECTS,
]
