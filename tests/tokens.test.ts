import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose'
import { expect, test } from 'vitest'
import { codeOf } from './support/code-of.ts'
import { SECRETS, testInstance } from './support/instance.ts'

const key = new TextEncoder().encode(SECRETS.jwtSecret)
const CLAIMS = { userId: 'u', sessionId: 's', email: 'e@example.com' }

const t = testInstance(memoryStore())
const nowSeconds = Math.floor(t.clock.now().getTime() / 1000)

async function sign(
  header: JWTHeaderParameters = { alg: 'HS256', typ: 'JWT' },
  change: Record<string, unknown> = {},
  secret: Uint8Array = key,
): Promise<string> {
  const base = { iss: 'mindmesh-auth', aud: 'mindmesh-auth', sub: 'u', jti: 'j' }
  const times = { iat: nowSeconds, exp: nowSeconds + 60 }
  return new SignJWT({ ...CLAIMS, ...base, ...times, ...change })
    .setProtectedHeader(header)
    .sign(secret)
}

test('access token: ours verifies in jose with the same key', async () => {
  await t.register('anna')
  const { accessToken } = await t.signIn('anna')
  const { payload, protectedHeader } = await jwtVerify(accessToken, key, {
    issuer: 'mindmesh-auth',
    audience: 'mindmesh-auth',
    currentDate: t.clock.now(),
  })
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(payload).toEqual(await t.mindmesh.auth.verifyAccessToken(accessToken))
})

test('access token: one made by jose verifies in ours', async () => {
  expect(await t.mindmesh.auth.verifyAccessToken(await sign())).toMatchObject(CLAIMS)
})

test.each([
  ['another key', async () => sign(undefined, {}, new TextEncoder().encode('x'.repeat(40)))],
  [
    'another algorithm',
    async () => sign({ alg: 'HS512', typ: 'JWT' }, {}, new Uint8Array(64).fill(1)),
  ],
  ['a header of its own', async () => sign({ alg: 'HS256', typ: 'JWT', kid: '../../dev/null' })],
  ['another issuer', async () => sign(undefined, { iss: 'else' })],
  ['another audience', async () => sign(undefined, { aud: 'else' })],
  ['a time of issue in the future', async () => sign(undefined, { iat: nowSeconds + 3600 })],
  ['another subject', async () => sign(undefined, { sub: 'else' })],
  ['a claim of another type', async () => sign(undefined, { sessionId: 7 })],
  ['no expiry', async () => sign(undefined, { exp: undefined })],
  ['an end cut off', async () => (await sign()).slice(0, -1)],
  ['a doubled token', async () => `${await sign()}.${await sign()}`],
  ['a space', async () => `${await sign()} `],
  [
    'alg none',
    async () => {
      const header = Buffer.from('{"alg":"none"}').toString('base64url')
      return `${header}.${(await sign()).split('.')[1]}.`
    },
  ],
  ['nothing', async () => ''],
  ['a megabyte', async () => 'a.'.repeat(500_000)],
])('access token: one with %s is refused', async (_, make) => {
  expect(await codeOf(t.mindmesh.auth.verifyAccessToken(await make()))).toBe('token_invalid')
})

test('access token: is over at its second of expiry', async () => {
  const expired = await sign(undefined, { exp: nowSeconds })
  expect(await codeOf(t.mindmesh.auth.verifyAccessToken(expired))).toBe('token_expired')
})

test('access token: one that names another person’s session is worth nothing', async () => {
  const app = testInstance(memoryStore())
  const anna = await app.register('anna')
  await app.register('berta')
  const { accessToken } = await app.signIn('berta')
  const { sessionId } = await app.mindmesh.auth.verifyAccessToken(accessToken)
  const mixed = await sign(undefined, { userId: anna.id, sub: anna.id, sessionId })
  expect(await codeOf(app.mindmesh.auth.getUserFromToken(mixed))).toBe('session_revoked')
})

const ROTATED = {
  config: {
    jwtSecret: 'a new jwt secret with enough bytes in it',
    refreshSecret: 'a new refresh secret with enough bytes in',
    previousJwtSecrets: [SECRETS.jwtSecret],
    previousRefreshSecrets: [SECRETS.refreshSecret],
  },
}

test('secrets: rotate without a logout, codes and links included', async () => {
  const store = memoryStore()
  const old = testInstance(store)
  await old.register('anna')
  const signedIn = await old.signIn('anna')
  const { code } = await old.startLogin('anna')
  await old.mindmesh.otp.send('anna@example.com', 'email_verify')
  const verifying = await old.newestCode('anna@example.com')
  await old.mindmesh.otp.send('guest@example.com', 'checkout')
  const own = await old.newestCode('guest@example.com')
  await old.mindmesh.password.requestReset('anna@example.com')
  const rotated = testInstance(store, ROTATED)
  const { auth, otp, password } = rotated.mindmesh
  expect(await auth.getUserFromToken(signedIn.accessToken)).toHaveProperty('email')
  const { refreshToken } = await auth.refresh(signedIn.refreshToken)
  expect(await codeOf(old.mindmesh.auth.refresh(refreshToken))).toBe('token_invalid')
  expect(await auth.verifyOtp('anna@example.com', code, 'login')).toHaveProperty('accessToken')
  expect(await otp.verify('anna@example.com', verifying, 'email_verify')).toBe(true)
  expect(await otp.verify('guest@example.com', own, 'checkout')).toBe(true)
  expect(await otp.verify('guest@example.com', own, 'checkout')).toBe(false)
  await password.reset(await rotated.newestToken('anna@example.com'), 'another long password')
})

test('secrets: a new one gives nobody the address that can still be taken back', async () => {
  const store = memoryStore()
  const old = testInstance(store)
  const { id } = await old.register('anna')
  await old.mindmesh.user.requestEmailChange(id, 'new@example.com')
  await old.mindmesh.user.confirmEmailChange(await old.newestToken('new@example.com'))
  const undo = await old.newestToken('anna@example.com')
  const rotated = testInstance(store, ROTATED)
  expect(await codeOf(rotated.register('anna'))).toBe('email_taken')
  await rotated.mindmesh.user.undoEmailChange(undo)
  expect(await rotated.mindmesh.user.getById(id)).toMatchObject({ email: 'anna@example.com' })
})
