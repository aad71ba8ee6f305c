import { generateKeyPairSync, sign } from 'node:crypto'
import { expectEqual } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { SECRETS, type AttackContext } from './attack-context.ts'
import { claimsOf, encode, forgeToken } from './forge-token.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const { jwtSecret, refreshSecret } = SECRETS

interface Forged {
  readonly what: string
  /** From a token that is good. */
  readonly forge: (token: string) => readonly string[]
}

function partsOf(token: string): readonly [string, string, string] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return [header, claims, signature]
}

/** The token with one claim changed, signed by the true key: what a key that is shared or stolen would allow. */
function withClaims(token: string, changed: Readonly<Record<string, unknown>>): string {
  return forgeToken({ claims: { ...claimsOf(token), ...changed }, secret: jwtSecret })
}

function without(token: string, name: string): string {
  const { [name]: _, ...claims } = claimsOf(token)
  return forgeToken({ claims, secret: jwtSecret })
}

/** Another header over the same claims, signed by the true key. */
function withHeader(token: string, header: Readonly<Record<string, unknown>>): string {
  return forgeToken({ header, claims: claimsOf(token), secret: jwtSecret })
}

const SIGNATURES: readonly Forged[] = [
  {
    what: 'says that it needs no signature',
    forge: (token) =>
      ['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg) => {
        const [, claims, signature] = partsOf(token)
        const header = encode({ alg, typ: 'JWT' })
        return [`${header}.${claims}.`, `${header}.${claims}`, `${header}.${claims}.${signature}`]
      }),
  },
  {
    what: 'has lost its signature',
    forge: (token) => {
      const [header, claims] = partsOf(token)
      return [`${header}.${claims}.`, `${header}.${claims}`, `${header}.${claims}..`]
    },
  },
  {
    what: 'names another algorithm, over the true key',
    forge: (token) => [
      forgeToken({
        header: { alg: 'HS384', typ: 'JWT' },
        claims: claimsOf(token),
        secret: jwtSecret,
        hash: 'sha384',
      }),
      forgeToken({
        header: { alg: 'HS512', typ: 'JWT' },
        claims: claimsOf(token),
        secret: jwtSecret,
        hash: 'sha512',
      }),
      ...['RS256', 'ES256', 'PS256', 'EdDSA', 'hs256'].map((alg) => withHeader(token, { alg })),
    ],
  },
  {
    what: 'is signed with a public key taken for a secret, or with a private key',
    forge(token) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519')
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const body = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${partsOf(token)[1]}`
      const signature = sign(null, Buffer.from(body), privateKey).toString('base64url')
      return [forgeToken({ claims: claimsOf(token), secret: pem }), `${body}.${signature}`]
    },
  },
  {
    what: 'brings its own key or says where to get one',
    forge: (token) =>
      [
        { kid: '../../../dev/null' },
        { kid: "' UNION SELECT 'x" },
        { jku: 'https://evil.test/keys' },
        { x5u: 'https://evil.test/cert' },
        { jwk: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) },
        { crit: ['exp'] },
        { b64: false, crit: ['b64'] },
        { zip: 'DEF' },
      ].map((extra) => withHeader(token, { alg: 'HS256', typ: 'JWT', ...extra })),
  },
  {
    what: 'is signed with another key',
    forge: (token) =>
      ['', 'secret', refreshSecret, `${jwtSecret} `, jwtSecret.slice(1), 'mindmesh-auth'].map(
        (secret) => forgeToken({ claims: claimsOf(token), secret }),
      ),
  },
  {
    what: 'has other claims under the same signature',
    forge: (token) => {
      const [header, , signature] = partsOf(token)
      const claims = encode({ ...claimsOf(token), userId: 'another', sub: 'another' })
      return [`${header}.${claims}.${signature}`]
    },
  },
  {
    what: 'is cut off, anywhere',
    forge: (token) => Array.from({ length: token.length }, (_, length) => token.slice(0, length)),
  },
  {
    what: 'is doubled or padded',
    forge: (token) => [
      token + token,
      `${token}.${token}`,
      `${token}.`,
      `.${token}`,
      `${token}=`,
      ` ${token}`,
      `Bearer ${token}`,
      token.replace('.', '..'),
      `${token}AAAA`,
    ],
  },
  {
    what: 'is spelled otherwise, for the same bytes',
    forge(token) {
      const [header, claims, signature] = partsOf(token)
      const standard = Buffer.from(signature, 'base64url').toString('base64')
      // The last of 43 characters holds two bits that no byte has.
      const last = ALPHABET[(ALPHABET.indexOf(signature.slice(-1)) ^ 1) % 64] ?? ''
      return [
        `${header}.${claims}.${standard}`,
        `${header}.${claims}.${signature.slice(0, -1)}${last}`,
      ]
    },
  },
  {
    what: 'is a megabyte',
    forge: (token) => [token + 'A'.repeat(1_048_576), 'A'.repeat(1_048_576)],
  },
]
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const CLAIMS: readonly Forged[] = [
  {
    what: 'is for another audience or from another issuer, by the same key',
    forge: (token) => [
      withClaims(token, { aud: 'another-service' }),
      withClaims(token, { aud: ['mindmesh-auth', 'another-service'] }),
      withClaims(token, { iss: 'another-issuer' }),
    ],
  },
  {
    what: 'never ends, or says so in another type',
    forge: (token) => [
      without(token, 'exp'),
      ...['9999999999', null, true, [9_999_999_999], -1, 0.5].map((exp) =>
        withClaims(token, { exp }),
      ),
    ],
  },
  {
    what: 'comes from the future',
    forge: (token) => [withClaims(token, { iat: Number(claimsOf(token)['iat']) + 3600 })],
  },
  {
    what: 'names one person twice, and not the same',
    forge: (token) => [
      withClaims(token, { sub: '0190a000-0000-7000-8000-000000000000' }),
      withClaims(token, { userId: '0190a000-0000-7000-8000-000000000000' }),
      without(token, 'sub'),
      without(token, 'sessionId'),
    ],
  },
  {
    what: 'is no object at all',
    forge: () =>
      [null, 7, 'x', [], [[]], '{', ''].map((claims) => forgeToken({ claims, secret: jwtSecret })),
  },
]

async function signedIn(c: AttackContext): Promise<string> {
  await c.register('anna')
  const { accessToken } = await c.signIn(ANNA)
  expectEqual(await outcomeOf(c.from().auth.getUserFromToken(accessToken)), 'ok', 'the true token')
  return accessToken
}

const FORGED: readonly AttackCase[] = attackEach('access tokens', [...SIGNATURES, ...CLAIMS], {
  name: ({ what }) => `shows an access token that ${what}`,
  async run(c, { forge }) {
    const refused = ['token_invalid', 'token_expired', 'invalid_input']
    for (const token of forge(await signedIn(c))) {
      await expectRefused(
        async () => c.app.auth.verifyAccessToken(token),
        refused,
        token.slice(0, 300),
      )
    }
  },
})

const REACHED = attacksOf('access tokens', {
  'shows every forged access token where people are let in': async (c) => {
    const good = await signedIn(c)
    const refused = ['token_invalid', 'token_expired', 'invalid_input', 'session_revoked']
    for (const { forge } of [...SIGNATURES, ...CLAIMS]) {
      for (const token of forge(good)
        .filter((each) => !/\s|^$/.test(each))
        .slice(0, 20)) {
        const call = async () => c.from().auth.getUserFromToken(token)
        await expectRefused(call, refused, token.slice(0, 300))
      }
    }
  },
  'changes any character of an access token': async (c) => {
    const token = await signedIn(c)
    for (const at of Array.from(token).keys()) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, at) + other + token.slice(at + 1)
      await expectRefused(
        async () => c.app.auth.verifyAccessToken(changed),
        ['token_invalid'],
        `character ${at}`,
      )
    }
  },
  'uses an access token after its end': async (c) => {
    const token = await signedIn(c)
    c.clock.advance({ minutes: 61 })
    await expectRefused(c.from().auth.getUserFromToken(token), ['token_expired'], 'the token')
  },
  'puts another person into a session, with the true key': async (c) => {
    const token = await signedIn(c)
    const { id } = await c.register('berta')
    const forged = withClaims(token, { userId: id, sub: id, email: 'berta@example.com' })
    await expectRefused(c.from().auth.getUserFromToken(forged), ['session_revoked'], 'the token')
  },
  'makes up a session, with the true key': async (c) => {
    const token = await signedIn(c)
    const forged = withClaims(token, { sessionId: '0190a000-0000-7000-8000-000000000000' })
    await expectRefused(c.from().auth.getUserFromToken(forged), ['session_revoked'], 'the token')
  },
  'uses tokens of a secret that was taken away': async (c) => {
    const token = await signedIn(c)
    const rotated = c.another({ jwtSecret: 'another jwt secret, of the next year' })
    await expectRefused(rotated.auth.getUserFromToken(token), ['token_invalid'], 'the token')
    await rotated.close()
  },
})

/** Attacks by forged access tokens. */
export const accessTokens: readonly AttackCase[] = [...FORGED, ...REACHED]
