import { expectEqual } from '../expect.ts'
import { attackBrowser } from './attack-browser.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD } from './attack-context.ts'
import { mailedCode, send, signedInBrowser, type HttpAttackContext } from './http-context.ts'

const ANNA = 'anna@example.com'
const ID = '0190a000-0000-7000-8000-000000000000'

/** What a foreign page would have a victim's browser do. */
const CHANGES: readonly (readonly [path: string, body: object])[] = [
  ['/login', { email: ANNA, password: PASSWORD }],
  ['/verify-otp', { code: '123456' }],
  ['/refresh', {}],
  ['/logout', {}],
  ['/sessions/end', { sessionId: ID }],
  ['/sessions/end-others', {}],
  ['/reauthenticate', { password: PASSWORD }],
  ['/password/change', { current: PASSWORD, next: 'chosen by a thief' }],
  ['/email/verify/send', {}],
  ['/email/change', { newEmail: 'thief@example.com' }],
  ['/oauth/link', { provider: 'hub' }],
  ['/oauth/unlink', { provider: 'hub' }],
  ['/account/export', {}],
  ['/account/delete', {}],
]

const FOREIGN = [
  'https://evil.test',
  'null',
  '',
  'https://app.example.com.evil.test',
  'https://evil-app.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com/',
  'https://app.example.com@evil.test',
]

const FORGERY: readonly AttackCase<HttpAttackContext>[] = [
  ...attackEach('http', CHANGES, {
    name: ([path]) => `has a victim’s browser post to ${path} from another site`,
    async run(c: HttpAttackContext, [path, body]) {
      await c.register('anna')
      const browser = await signedInBrowser(c, ANNA)
      const before = [...browser.cookies]
      for (const origin of FOREIGN) {
        const { code } = await browser.send(path, { body, origin })
        expectEqual(code, 'foreign_origin', `from ${origin}`)
      }
      for (const site of ['cross-site', 'same-site', 'none']) {
        const headers = { 'sec-fetch-site': site }
        const { code } = await browser.send(path, { body, origin: null, headers })
        expectEqual(code, 'foreign_origin', `as ${site}`)
      }
      const unstated = await browser.send(path, { body, origin: null })
      expectEqual(unstated.code, 'foreign_origin', 'not saying from where')
      expectEqual([...browser.cookies], before, 'the cookies')
      expectEqual((await browser.send('/me')).code, 'ok', 'the session')
    },
  }),
  ...attacksOf<HttpAttackContext>('http', {
    'has a victim’s browser send a form, or JSON as text': async (c) => {
      await c.register('anna')
      const browser = await signedInBrowser(c, ANNA)
      const types = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        '',
      ]
      for (const [path, body] of CHANGES) {
        for (const type of types) {
          const headers = { 'content-type': type }
          const answer = await browser.send(path, { body, headers })
          expectEqual(answer.code, 'unsupported_media_type', `${path} as ${type}`)
        }
      }
      expectEqual((await browser.send('/me')).code, 'ok', 'the session')
    },
    'has a victim’s browser change something by a link or a picture': async (c) => {
      await c.register('anna')
      const browser = await signedInBrowser(c, ANNA)
      for (const [path] of CHANGES) {
        const overriding = { 'x-http-method-override': 'POST', 'x-method-override': 'POST' }
        const query = `${path}?_method=POST&method=POST`
        const { code } = await browser.send(query, { origin: null, headers: overriding })
        expectEqual(code, 'method_not_allowed', path)
      }
      expectEqual((await browser.send('/me')).code, 'ok', 'the session')
    },
    'reads answers from another site’s page': async (c) => {
      await c.register('anna')
      const browser = await signedInBrowser(c, ANNA)
      for (const origin of FOREIGN) {
        for (const path of ['/me', '/sessions', '/oauth/identities']) {
          const { headers } = await browser.send(path, { origin })
          const allowed = headers.get('access-control-allow-origin')
          expectEqual(allowed, null, `${path} for ${origin}`)
        }
      }
    },
    'signs a victim’s browser in to the thief’s account': async (c) => {
      await c.register('thief')
      const victim = attackBrowser(c.target)
      const { challengeId, code } = await c.startLogin('thief@example.com')
      const email = 'thief@example.com'
      const bodies = [
        { email, code, mode: 'token', challengeId },
        { email, code },
      ]
      for (const body of bodies) {
        await victim.send('/verify-otp', { body, origin: 'https://evil.test' })
      }
      const answer = c.hub.consent(await c.app.oauth.authorize('hub'), {
        subject: 'thief',
        email,
        emailVerified: true,
      })
      const query = new URLSearchParams({ code: answer.code, state: answer.state }).toString()
      await victim.send(`/oauth/hub/callback?${query}`, { origin: null })
      expectEqual(victim.cookies.has('__Host-mindmesh-access'), false, 'whether it is signed in')
      expectEqual((await victim.send('/me')).code, 'not_signed_in', 'who it is')
    },
  }),
]

const COOKIES = attacksOf<HttpAttackContext>('http', {
  'plants cookies in a victim’s browser before they sign in': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const thief = await signedInBrowser(c, 'thief@example.com')
    const victim = attackBrowser(c.target)
    const planted = [...thief.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    await victim.send('/login', {
      body: { email: ANNA, password: PASSWORD },
      headers: { cookie: planted },
    })
    await victim.send('/verify-otp', { body: { code: await mailedCode(c, ANNA) } })
    const me = await victim.send('/me')
    expectEqual(me.text.includes(ANNA), true, 'whether it is Anna')
    for (const [name, value] of thief.cookies) {
      expectEqual(victim.cookies.get(name) === value, false, `whether ${name} is the thief’s`)
    }
  },
  'plants the challenge of the thief’s own sign-in': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const thief = attackBrowser(c.target)
    await thief.send('/login', { body: { email: 'thief@example.com', password: PASSWORD } })
    const { code } = await c.startLogin(ANNA)
    const answer = await thief.send('/verify-otp', { body: { code } })
    expectEqual(answer.code, 'otp_invalid', 'the victim’s code in the thief’s browser')
    const named = await thief.send('/verify-otp', { body: { code, email: ANNA } })
    expectEqual(named.code, 'otp_invalid', 'with the victim’s address')
  },
  'sets cookies from a neighbouring host, which cannot have the prefix': async (c) => {
    await c.register('anna')
    const { accessToken, refreshToken } = await c.signIn(ANNA)
    const cookie = `mindmesh-access=${accessToken}; mindmesh-refresh=${refreshToken}; access=${accessToken}`
    const { code } = await send(c, '/me', { headers: { cookie } })
    expectEqual(code, 'not_signed_in', 'the answer')
  },
  'takes a token out of a page by a script': async (c) => {
    await c.register('anna')
    const browser = attackBrowser(c.target)
    const answers = [
      await browser.send('/login', { body: { email: ANNA, password: PASSWORD } }),
      await browser.send('/verify-otp', { body: { code: await mailedCode(c, ANNA) } }),
      await browser.send('/refresh', { body: {} }),
      await browser.send('/refresh', { body: { mode: 'token' } }),
      await browser.send('/me'),
      await browser.send('/sessions'),
      await browser.send('/account/export', { body: {} }),
    ]
    const secrets = [...browser.cookies.values()]
    expectEqual(secrets.length, 2, 'cookies')
    for (const { text, headers } of answers) {
      const shown = secrets.filter((secret) => text.includes(secret))
      expectEqual(shown, [], 'tokens in an answer')
      for (const line of headers.getSetCookie()) {
        expectEqual(
          /HttpOnly/i.test(line) && /Secure/i.test(line),
          true,
          'whether scripts are kept off',
        )
        expectEqual(/SameSite=Lax/i.test(line) && line.startsWith('__Host-'), true, 'and sites')
      }
    }
  },
  'shows a token that is none beside good cookies': async (c) => {
    await c.register('anna')
    const browser = await signedInBrowser(c, ANNA)
    const tokens = ['nonsense', 'a.b.c', '.', 'eyJhbGciOiJub25lIn0.e30.']
    for (const token of tokens) {
      const { code } = await browser.send('/me', { headers: { authorization: `Bearer ${token}` } })
      expectEqual(code, 'token_invalid', token)
    }
  },
  'uses the cookies of a browser that has signed out': async (c) => {
    await c.register('anna')
    const browser = await signedInBrowser(c, ANNA)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    await browser.send('/logout', { body: {} })
    expectEqual(browser.cookies.size, 0, 'cookies that are left')
    expectEqual(
      (await send(c, '/me', { headers: { cookie } })).code,
      'session_revoked',
      'the answer',
    )
    const headers = { cookie, origin: new URL(c.target.base).origin }
    const renewed = await send(c, '/refresh', { body: {}, headers })
    expectEqual(renewed.code === 'ok', false, 'whether they are renewed')
  },
  'ends another person’s session by its id': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const { sessionId, accessToken } = await c.signIn(ANNA)
    const thief = await signedInBrowser(c, 'thief@example.com')
    const theirs = await thief.send('/sessions/end', { body: { sessionId } })
    const nobodys = await thief.send('/sessions/end', { body: { sessionId: ID } })
    expectEqual(theirs.text, nobodys.text, 'the answers')
    await c.app.auth.getUserFromToken(accessToken)
  },
})

/** Attacks by other sites, and on cookies. */
export const httpForgery: readonly AttackCase<HttpAttackContext>[] = [...FORGERY, ...COOKIES]
