import { createHmac, createSecretKey, webcrypto } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signAccessToken, verifyAccessToken, type AccessTokenClaims } from './access-token.ts'

const now = new Date('2026-01-01T00:00:00.000Z')
const seconds = now.getTime() / 1000
const key = createSecretKey(Buffer.from('a key of the tests that is long enough'))
const EXPECTED = { issuer: 'issuer', audience: 'audience', now }
const CLAIMS: AccessTokenClaims = {
  userId: 'user',
  sessionId: 'session',
  email: 'anna@example.com',
  sub: 'user',
  iss: 'issuer',
  aud: 'audience',
  iat: seconds,
  exp: seconds + 900,
  jti: 'token',
}

const encode = (text: string): string => Buffer.from(text).toString('base64url')

/** Signs any header and body with our key, as only a holder of the key could. */
function sign(header: string, body: string): string {
  const signed = `${encode(header)}.${encode(body)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

const check = (token: string, at = EXPECTED): unknown => verifyAccessToken([key], token, at)
const HEADER = '{"alg":"HS256","typ":"JWT"}'

/** RFC 7515, Appendix A: tokens whose signature is right by the standard. */
const RFC_BODY =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const RFC_KEY =
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
const RFC_HS256 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${RFC_BODY}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`
const RFC_NONE = `eyJhbGciOiJub25lIn0.${RFC_BODY}.`

describe('access token', () => {
  test('what is signed is what is read', () => {
    const token = signAccessToken(key, CLAIMS)
    expect(check(token)).toEqual(CLAIMS)
    expect(verifyAccessToken([createSecretKey(Buffer.alloc(32)), key], token, EXPECTED)).toEqual(
      CLAIMS,
    )
    expect(verifyAccessToken([], token, EXPECTED)).toBe('invalid')
  })

  test('the signature is the HMAC of RFC 7515, A.1, as WebCrypto makes it', async () => {
    const secret = Buffer.from(RFC_KEY, 'base64url')
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const imported = await webcrypto.subtle.importKey('raw', secret, algorithm, false, ['verify'])
    const verifies = async (token: string): Promise<boolean> => {
      const end = token.lastIndexOf('.')
      const signature = Buffer.from(token.slice(end + 1), 'base64url')
      return webcrypto.subtle.verify('HMAC', imported, signature, Buffer.from(token.slice(0, end)))
    }
    expect(await verifies(RFC_HS256)).toBe(true)
    expect(await verifies(signAccessToken(createSecretKey(secret), CLAIMS))).toBe(true)
    expect(await verifies(signAccessToken(key, CLAIMS))).toBe(false)
  })

  test('the tokens of RFC 7515 are refused, right signature or none: their headers are not ours', () => {
    const rfcKey = createSecretKey(Buffer.from(RFC_KEY, 'base64url'))
    const at = { issuer: 'joe', audience: '', now: new Date(1_300_000_000_000) }
    expect(verifyAccessToken([rfcKey], RFC_HS256, at)).toBe('invalid')
    expect(verifyAccessToken([rfcKey], RFC_NONE, at)).toBe('invalid')
  })

  test('a header is one of two texts, and nothing in another is ever looked at', () => {
    const body = JSON.stringify(CLAIMS)
    expect(check(sign(HEADER, body))).toEqual(CLAIMS)
    expect(check(sign('{"alg":"HS256"}', body))).toEqual(CLAIMS)
    for (const header of [
      '{"typ":"JWT","alg":"HS256"}',
      '{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}',
      '{"alg":"HS256","typ":"JWT","crit":["exp"]}',
      '{"alg":"hs256","typ":"JWT"}',
      '{"alg":"none"}',
      '{}',
      '',
      'not json',
    ]) {
      expect(check(sign(header, body))).toBe('invalid')
    }
  })

  test.each([
    ['no object', '7'],
    ['nothing', 'null'],
    ['no JSON', '{"userId":'],
    ['empty', ''],
    ['a list', JSON.stringify([CLAIMS])],
    ...Object.keys(CLAIMS).map((name) => [
      `without ${name}`,
      JSON.stringify({ ...CLAIMS, [name]: undefined }),
    ]),
    ...Object.keys(CLAIMS).map((name) => [
      `with another type of ${name}`,
      JSON.stringify({ ...CLAIMS, [name]: [Reflect.get(CLAIMS, name)] }),
    ]),
    ['with half a second', JSON.stringify({ ...CLAIMS, exp: seconds + 0.5 })],
    ['with an endless life', JSON.stringify({ ...CLAIMS, exp: 1e300 })],
    ['of another issuer', JSON.stringify({ ...CLAIMS, iss: 'else' })],
    ['for another audience', JSON.stringify({ ...CLAIMS, aud: 'else' })],
    ['of two subjects', JSON.stringify({ ...CLAIMS, sub: 'else' })],
  ])('a body that is %s is refused', (_, body) => {
    expect(check(sign(HEADER, body))).toBe('invalid')
  })

  test('times: over at the second of exp; a clock may be ahead by a minute', () => {
    const at = (change: object): unknown =>
      check(sign(HEADER, JSON.stringify({ ...CLAIMS, ...change })))
    expect(at({ exp: seconds })).toBe('expired')
    expect(at({ exp: seconds + 1 })).toHaveProperty('userId')
    expect(at({ iat: seconds + 60 })).toHaveProperty('userId')
    expect(at({ iat: seconds + 61 })).toBe('invalid')
  })

  test('a change of any character is noticed', () => {
    const token = signAccessToken(key, CLAIMS)
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(check(changed)).toBe('invalid')
    }
  })

  test.each(['', '.', '..', '...', 'a.b', `${signAccessToken(key, CLAIMS)}=`])(
    'the text “%s” is no token',
    (text) => {
      expect(check(text)).toBe('invalid')
    },
  )

  test('more than 4096 characters are not looked at', () => {
    const long = sign(HEADER, JSON.stringify({ ...CLAIMS, email: 'x'.repeat(4000) }))
    expect(check(long)).toBe('invalid')
  })
})
