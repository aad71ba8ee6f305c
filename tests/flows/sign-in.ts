import { AuthError } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { authErrorOf, codeOf, outcomeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, testInstance } from '../support/instance.ts'
import { answeringStore, wrappedStore } from '../support/wrapped-store.ts'
import { wrongCode } from '../support/wrong-code.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1'

/** The two steps of signing in. */
export function signIn(test: FlowTest): void {
  test('login: an unknown address, a wrong password and a blocked account with one answer alike', async ({
    t,
  }) => {
    await t.register('anna')
    const blocked = await t.register('berta')
    await t.mindmesh.user.block(blocked.id)
    const errors = await Promise.all(
      [ANNA, 'berta@example.com', 'nobody@example.com'].map(async (email) =>
        authErrorOf(t.mindmesh.auth.login(email, 'wrong password')),
      ),
    )
    const [first] = errors
    expect(first).toMatchObject({ code: 'invalid_credentials', status: 401 })
    for (const error of errors) {
      expect(Object.entries(error)).toEqual(Object.entries(first ?? {}))
      expect(error.message).toBe(first?.message)
    }
  })

  test('login: a person without a password is refused', async ({ t }) => {
    const { id } = await t.register('anna')
    const withoutHash = wrappedStore(t.store, async ({ name, proceed }) => {
      const found = await proceed()
      const isRead = name === 'users.findForSignIn' || name === 'users.findCredentials'
      return isRead ? { ...Object(found), passwordHash: null } : found
    })
    // Even where the decoy fits.
    const passwordHasher = { ...fastHasher(), verify: async () => true }
    const { mindmesh } = testInstance(withoutHash, { clock: t.clock, passwordHasher })
    expect(await codeOf(mindmesh.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    const proof = mindmesh.session.assertFresh(id, { password: PASSWORD })
    expect(await codeOf(proof)).toBe('invalid_credentials')
  })

  test('login: a right password is not refused because its hash cannot be replaced now', async ({
    t,
  }) => {
    await t.register('anna')
    const turnedAway = async (): Promise<never> => Promise.reject(new AuthError('busy'))
    const hasher = { ...fastHasher(), needsRehash: () => true, hash: turnedAway }
    const full = testInstance(t.store, { clock: t.clock, passwordHasher: hasher })
    expect(await full.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
    const broken = async (): Promise<never> => Promise.reject(new TypeError('no such salt'))
    const other = testInstance(t.store, {
      clock: t.clock,
      passwordHasher: { ...hasher, hash: broken },
    })
    await expect(other.mindmesh.auth.login(ANNA, PASSWORD)).rejects.toThrow('no such salt')
  })

  test('login: a hash is replaced where the hasher asks for it, and left alone where not', async ({
    t,
  }) => {
    await t.register('anna')
    const hasher = fastHasher()
    const saved = wrappedStore(t.store, ({ name, proceed }) => {
      if (name === 'users.upgradePasswordHash') upgrades += 1
      return proceed()
    })
    let upgrades = 0
    const login = async (needsRehash: boolean): Promise<string> => {
      const passwordHasher = { ...hasher, needsRehash: () => needsRehash }
      const { mindmesh } = testInstance(saved, { clock: t.clock, passwordHasher })
      return outcomeOf(mindmesh.auth.login(ANNA, PASSWORD))
    }
    expect([await login(false), upgrades]).toEqual(['ok', 0])
    expect([await login(true), upgrades]).toEqual(['ok', 1])
  })

  test('login: without the second step it gives the session at once', async ({ t }) => {
    const plain = testInstance(t.store, {
      clock: t.clock,
      config: { dangerouslyDisableLoginOtp: true },
    })
    const { id } = await plain.mindmesh.auth.register(ANNA, PASSWORD)
    const result = await plain.mindmesh.auth.login(ANNA, PASSWORD)
    expect(result).toEqual({
      otpRequired: false,
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      user: expect.objectContaining({ id, lastSignedInAt: t.clock.now() }),
    })
    expect(await t.mindmesh.session.list(id)).toMatchObject([{ authMethods: ['pwd'] }])
    await plain.mindmesh.mail.deliverDue()
    expect(plain.mailer.sent).toEqual([])
  })

  test('verifyOtp: gives a session of both factors and proves the address', async ({ t }) => {
    const { id } = await t.register('anna')
    const { code, challengeId } = await t.startLogin('anna')
    t.clock.advance({ minutes: 1 })
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1', userAgent: FIREFOX })
    const { user } = await api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
    const at = t.clock.now()
    expect(user).toMatchObject({ id, emailVerifiedAt: at, lastSignedInAt: at })
    const [session] = await t.mindmesh.session.list(id)
    expect(session).toEqual({
      id: expect.any(String),
      userId: id,
      device: 'Firefox on Linux',
      ipAddress: '192.0.2.1',
      userAgent: FIREFOX,
      authMethods: ['pwd', 'otp'],
      createdAt: at,
      lastUsedAt: at,
      authenticatedAt: at,
      expiresAt: new Date(at.getTime() + 7 * 86_400_000),
      revokedAt: null,
    })
  })

  test('verifyOtp: spaces and hyphens in a code are left out', async ({ t }) => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    const typed = `${code.slice(0, 3)} - ${code.slice(3)}`
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, typed, 'login'))).toBe('ok')
  })

  test('verifyOtp: a code is over after five minutes', async ({ t }) => {
    await t.register('anna')
    const one = await t.startLogin('anna')
    t.clock.advance({ seconds: 299 })
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, wrongCode(one.code), 'login'))).toBe(
      'otp_invalid',
    )
    t.clock.advance({ seconds: 1 })
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, one.code, 'login'))).toBe('otp_expired')
  })

  test('verifyOtp: a new code makes the earlier one worthless, and each works once', async ({
    t,
  }) => {
    await t.register('anna')
    const one = await t.startLogin('anna')
    const two = await t.startLogin('anna')
    const { auth } = t.mindmesh
    expect(await codeOf(auth.verifyOtp(ANNA, one.code, 'login', one))).toBe('otp_invalid')
    expect(await codeOf(auth.verifyOtp(ANNA, two.code, 'login', one))).toBe('otp_invalid')
    expect(await outcomeOf(auth.verifyOtp(ANNA, two.code, 'login', two))).toBe('ok')
    expect(await codeOf(auth.verifyOtp(ANNA, two.code, 'login', two))).toBe('otp_invalid')
  })

  test('verifyOtp: the code of one person is worth nothing for another', async ({ t }) => {
    await t.register('anna')
    await t.register('berta')
    const anna = await t.startLogin('anna')
    const berta = await t.startLogin('berta')
    const { auth } = t.mindmesh
    const foreign = auth.verifyOtp('berta@example.com', anna.code, 'login', anna)
    expect(await codeOf(foreign)).toBe('otp_invalid')
    expect(await codeOf(auth.verifyOtp('nobody@example.com', anna.code, 'login'))).toBe(
      'otp_invalid',
    )
    const right = auth.verifyOtp('berta@example.com', berta.code, 'login', berta)
    expect(await outcomeOf(right)).toBe('ok')
  })

  test('verifyOtp: a code that is gone between look-up and try was wrong', async ({ t }) => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    for (const [status, expected] of [
      ['not_found', 'otp_invalid'],
      ['expired', 'otp_expired'],
      ['exhausted', 'otp_expired'],
    ]) {
      const late = testInstance(answeringStore(t.store, 'codes.consume', { status }), {
        clock: t.clock,
      })
      expect(await codeOf(late.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe(expected)
    }
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('ok')
  })

  test('new device: the owner is told, but not of one that is known nor without a user agent', async ({
    t,
  }) => {
    await t.register('anna')
    const signInWith = async (userAgent: string | null): Promise<void> => {
      const { code, challengeId } = await t.startLogin('anna')
      const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1', userAgent })
      await api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
      await t.mindmesh.mail.deliverDue()
      t.clock.advance({ minutes: 10 })
    }
    const notices = (): number =>
      t.mailer.sent.filter((m) => m.subject.startsWith('New sign-in')).length
    await signInWith(FIREFOX)
    expect(notices()).toBe(0)
    await signInWith(FIREFOX.replaceAll('128.0', '129.0'))
    expect(notices()).toBe(0)
    await signInWith(null)
    expect(notices()).toBe(0)
    await signInWith(SAFARI)
    expect(notices()).toBe(1)
    const { text } = await t.newestMail(ANNA)
    expect(text).toContain('Safari on iPhone')
    expect(text).toContain('192.0.2.1')
  })

  test('new device: nobody is told at an address that was never proven', async ({ t }) => {
    const plain = testInstance(t.store, {
      clock: t.clock,
      config: { dangerouslyDisableLoginOtp: true },
    })
    await plain.mindmesh.auth.register(ANNA, NEXT_PASSWORD)
    for (const userAgent of [FIREFOX, SAFARI]) {
      await plain.mindmesh.withContext({ userAgent }).auth.login(ANNA, NEXT_PASSWORD)
    }
    await plain.mindmesh.mail.deliverDue()
    expect(plain.mailer.sent).toEqual([])
  })
}
