import type { AuthStore } from '@mindmesh/auth/ports'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engines } from './engines.ts'
import { authErrorOf, codeOf } from './support/code-of.ts'
import { PASSWORD, testInstance, type TestInstance } from './support/instance.ts'

describe.each(engines)('flows on $name', (engine) => {
  let t: TestInstance
  let store: AuthStore
  let close: () => Promise<void>

  beforeEach(async () => {
    const opened = await engine.open()
    ;({ store, close } = opened)
    t = testInstance(store)
  })
  afterEach(async () => {
    await t.mindmesh.close()
    await close()
  })

  const ANNA = 'anna@example.com'
  const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  test('journey: register, both steps, token, refresh, logout, reset by the mailed token', async () => {
    const user = await t.register('anna')
    expect(user).toMatchObject({ email: ANNA, emailVerifiedAt: null })
    expect(user).not.toHaveProperty('passwordHash')
    const step = await t.mindmesh.auth.login(ANNA, PASSWORD)
    expect(step).toEqual({ otpRequired: true, challengeId: expect.any(String) })
    const code = await t.newestCode(ANNA)
    const signedIn = await t.mindmesh.auth.verifyOtp(ANNA, code, 'login')
    expect(Object.keys(signedIn).toSorted()).toEqual(['accessToken', 'refreshToken', 'user'])
    expect(signedIn.refreshToken).toMatch(/^[\w-]{128}$/)
    const claims = await t.mindmesh.auth.verifyAccessToken(signedIn.accessToken)
    expect(claims).toMatchObject({ userId: user.id, email: ANNA, sub: user.id })
    expect(claims.exp - claims.iat).toBe(15 * 60)
    const found = await t.mindmesh.auth.getUserFromToken(signedIn.accessToken)
    expect(found.id).toBe(user.id)
    expect(found).not.toHaveProperty('passwordHash')
    const tokens = await t.mindmesh.auth.refresh(signedIn.refreshToken)
    expect(tokens.refreshToken).not.toBe(signedIn.refreshToken)
    await t.mindmesh.auth.logout(claims.sessionId)
    await t.mindmesh.auth.logout(claims.sessionId)
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(tokens.accessToken))).toBe(
      'session_revoked',
    )
    expect(await codeOf(t.mindmesh.auth.refresh(tokens.refreshToken))).toBe('session_revoked')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    await t.mindmesh.password.reset(token, 'another long password')
    expect(await codeOf(t.mindmesh.password.reset(token, 'a third long password'))).toBe(
      'link_invalid',
    )
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    expect(await t.mindmesh.auth.login(ANNA, 'another long password')).toMatchObject({
      otpRequired: true,
    })
    expect(await t.eventTypes()).toEqual([
      'REGISTRATION_SUCCESS',
      'OTP_SENT',
      'OTP_VERIFIED',
      'EMAIL_VERIFIED',
      'LOGIN_SUCCESS',
      'SESSION_REFRESHED',
      'LOGOUT',
      'PASSWORD_RESET_REQUESTED',
      'PASSWORD_RESET_COMPLETED',
      'LOGIN_FAILED',
      'OTP_SENT',
    ])
  })

  test('register: a taken address is refused, recorded, and its owner is told', async () => {
    const owner = await t.register('anna')
    expect(await codeOf(t.mindmesh.auth.register('ANNA@example.com ', PASSWORD))).toBe(
      'email_taken',
    )
    expect((await t.newestMail(ANNA)).subject).toContain('already have an account')
    expect(await t.eventTypes(owner.id)).toEqual(['REGISTRATION_SUCCESS', 'REGISTRATION_FAILED'])
  })

  test('register: of 16 callers at once for one address one gets it', async () => {
    const results = await Promise.allSettled(Array.from({ length: 16 }, () => t.register('anna')))
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    expect((await t.mindmesh.user.list()).items).toHaveLength(1)
  })

  test('otp send: the 3rd within ten minutes goes, the 4th waits for the rest of the window', async () => {
    await t.register('anna')
    for (let sent = 0; sent < 3; sent += 1) {
      await t.mindmesh.auth.login(ANNA, PASSWORD)
      t.clock.advance({ minutes: 1 })
    }
    const error = await authErrorOf(t.mindmesh.auth.login(ANNA, PASSWORD))
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterSeconds: 7 * 60 })
    t.clock.advance({ minutes: 7 })
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
  })

  test('otp verify: five wrong codes kill the code', async () => {
    await t.register('anna')
    const { code, challengeId } = await t.startLogin('anna')
    for (let left = 4; left >= 0; left -= 1) {
      const wrong = t.mindmesh.auth.verifyOtp(ANNA, other(code), 'login', { challengeId })
      expect(await authErrorOf(wrong)).toMatchObject({ code: 'otp_invalid', attemptsLeft: left })
    }
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_expired')
  })

  test('otp verify: sending again gives back no tries', async () => {
    await t.register('anna')
    const first = await t.startLogin('anna')
    for (let tries = 0; tries < 3; tries += 1) {
      await codeOf(t.mindmesh.auth.verifyOtp(ANNA, other(first.code), 'login'))
    }
    const second = await t.startLogin('anna')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, second.code, 'login', first))).toBe(
      'otp_invalid',
    )
    const wrong = t.mindmesh.auth.verifyOtp(ANNA, other(second.code), 'login')
    expect(await authErrorOf(wrong)).toMatchObject({ attemptsLeft: 1 })
  })

  test('otp verify: ten failures in a day pause the codes; the owner gets in again after the window', async () => {
    await t.register('anna')
    for (let round = 0; round < 2; round += 1) {
      const { code } = await t.startLogin('anna')
      for (let tries = 0; tries < 5; tries += 1) {
        expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, other(code), 'login'))).toBe(
          'otp_invalid',
        )
      }
    }
    const { code } = await t.startLogin('anna')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('rate_limited')
    t.clock.advance({ hours: 24 })
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('otp verify: a hundred failures ask for a reset, and the reset clears them', async () => {
    await t.register('anna')
    for (let day = 0; day < 10; day += 1) {
      for (let round = 0; round < 2; round += 1) {
        const { code } = await t.startLogin('anna')
        const tries = Array.from({ length: 5 }, async () =>
          codeOf(t.mindmesh.auth.verifyOtp(ANNA, other(code), 'login')),
        )
        expect(await Promise.all(tries)).toEqual(Array.from({ length: 5 }, () => 'otp_invalid'))
      }
      t.clock.advance({ hours: 25 })
    }
    const { code } = await t.startLogin('anna')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe(
      'password_reset_required',
    )
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
    t.clock.advance({ minutes: 11 })
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('otp verify: a right code that races wrong ones wins while tries are left', async () => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    const results = await Promise.allSettled([
      ...Array.from({ length: 4 }, async () =>
        t.mindmesh.auth.verifyOtp(ANNA, other(code), 'login'),
      ),
      t.mindmesh.auth.verifyOtp(ANNA, code, 'login'),
    ])
    expect(results.at(-1)?.status).toBe('fulfilled')
  })

  test('otp verify: of 16 right codes at once one opens a session', async () => {
    const { id } = await t.register('anna')
    const { code } = await t.startLogin('anna')
    const tries = Array.from({ length: 16 }, async () =>
      t.mindmesh.auth.verifyOtp(ANNA, code, 'login'),
    )
    const results = await Promise.allSettled(tries)
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    expect(await t.mindmesh.session.list(id)).toHaveLength(1)
  })

  test('otp verify: tries without an open code count nothing', async () => {
    await t.register('anna')
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, '000000', 'login'))).toBe('otp_invalid')
    }
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('login: password failures and code failures are counted apart', async () => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await codeOf(t.mindmesh.auth.login(ANNA, 'wrong password'))).toBe(
        'invalid_credentials',
      )
    }
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('rate_limited')
    expect(await t.mindmesh.auth.verifyOtp(ANNA, code, 'login')).toHaveProperty('accessToken')
    t.clock.advance({ minutes: 15 })
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
  })

  test.each([
    ['an IPv4 address', (n: number) => `192.0.2.${n > 0 ? 1 : 1}`],
    ['an IPv6 network of 64 bits', (n: number) => `2001:db8:0:1::${n + 1}`],
    [
      'an IPv4 address in either spelling',
      (n: number) => (n % 2 ? '::ffff:192.0.2.1' : '192.0.2.1'),
    ],
  ])(
    'login: the 11th from %s within 15 minutes is refused without a hash',
    async (_, addressOf) => {
      let hashes = 0
      const counting = testInstance(store, {
        passwordHasher: {
          hash: async (password) => password,
          verify: async () => ((hashes += 1), false),
          needsRehash: () => false,
          decoyHash: () => '',
        },
      })
      for (let n = 0; n < 10; n += 1) {
        const bound = counting.mindmesh.withContext({ ipAddress: addressOf(n) })
        expect(await codeOf(bound.auth.login(`p${n}@example.com`, PASSWORD))).toBe(
          'invalid_credentials',
        )
      }
      const eleventh = counting.mindmesh.withContext({ ipAddress: addressOf(10) })
      expect(await codeOf(eleventh.auth.login(ANNA, PASSWORD))).toBe('rate_limited')
      expect(hashes).toBe(10)
      const elsewhere = counting.mindmesh.withContext({ ipAddress: '198.51.100.7' })
      expect(await codeOf(elsewhere.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    },
  )

  test('password reset: three an hour for an address', async () => {
    for (let n = 0; n < 3; n += 1) await t.mindmesh.password.requestReset(ANNA)
    const error = await authErrorOf(t.mindmesh.password.requestReset(ANNA))
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 3600 })
  })

  test('password reset: a refused password leaves the token usable', async () => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const error = await authErrorOf(t.mindmesh.password.reset(token, 'password1'))
    expect(error).toMatchObject({
      code: 'invalid_input',
      field: 'newPassword',
      reason: 'too_common',
    })
    await t.mindmesh.password.reset(token, 'another long password')
  })

  test('password reset: a token is over after thirty minutes', async () => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    t.clock.advance({ minutes: 30 })
    expect(await codeOf(t.mindmesh.password.reset(token, 'another long password'))).toBe(
      'link_expired',
    )
  })

  test('password reset: an unknown address gets no mail and the same answer', async () => {
    await t.register('anna')
    expect(await t.mindmesh.password.requestReset('nobody@example.com')).toBeUndefined()
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent.filter((m) => m.to === 'nobody@example.com')).toEqual([])
  })

  test('password change: ends the other sessions and tells the owner', async () => {
    const { id } = await t.register('anna')
    const one = await t.signIn('anna')
    const two = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(two.accessToken)
    const next = 'another long password'
    expect(await codeOf(t.mindmesh.password.change(id, 'wrong', next))).toBe('invalid_credentials')
    await t.mindmesh.password.change(id, PASSWORD, next, { keepSessionId: sessionId })
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(one.accessToken))).toBe('session_revoked')
    expect(await t.mindmesh.auth.getUserFromToken(two.accessToken)).toHaveProperty('id', id)
    expect((await t.newestMail(ANNA)).subject).toContain('was changed')
  })

  test('refresh: ten at once with one token get the same successor', async () => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const all = await Promise.all(
      Array.from({ length: 10 }, async () => t.mindmesh.auth.refresh(refreshToken)),
    )
    expect(new Set(all.map((tokens) => tokens.refreshToken)).size).toBe(1)
    const types = await t.eventTypes()
    expect(types.filter((type) => type === 'SESSION_REFRESHED')).toHaveLength(1)
  })

  test('refresh: a lost answer is retried within ten seconds; after that the session ends', async () => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const first = await t.mindmesh.auth.refresh(refreshToken)
    t.clock.advance({ seconds: 9 })
    expect((await t.mindmesh.auth.refresh(refreshToken)).refreshToken).toBe(first.refreshToken)
    t.clock.advance({ seconds: 1 })
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.refresh(first.refreshToken))).toBe('session_revoked')
    expect((await t.eventTypes()).at(-1)).toBe('REFRESH_TOKEN_REUSED')
  })

  test('refresh: any older generation ends the session', async () => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const second = await t.mindmesh.auth.refresh(refreshToken)
    const third = await t.mindmesh.auth.refresh(second.refreshToken)
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.refresh(third.refreshToken))).toBe('session_revoked')
  })

  test('refresh: a forged token is refused and changes nothing', async () => {
    await t.register('anna')
    const { refreshToken, accessToken } = await t.signIn('anna')
    const forged = refreshToken.slice(0, -2) + (refreshToken.endsWith('AA') ? 'BB' : 'AA')
    expect(await codeOf(t.mindmesh.auth.refresh(forged))).toBe('token_invalid')
    expect(await t.mindmesh.auth.getUserFromToken(accessToken)).toHaveProperty('email', ANNA)
  })

  test('session: ends after seven days, and after 72 hours without a refresh', async () => {
    await t.register('anna')
    const idle = await t.signIn('anna')
    t.clock.advance({ hours: 72 })
    expect(await codeOf(t.mindmesh.auth.refresh(idle.refreshToken))).toBe('session_expired')
    let { refreshToken } = await t.signIn('anna')
    for (let day = 0; day < 3; day += 1) {
      t.clock.advance({ hours: 48 })
      ;({ refreshToken } = await t.mindmesh.auth.refresh(refreshToken))
    }
    t.clock.advance({ hours: 24 })
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_expired')
  })

  test('e-mail change: the old address is told and can take it back for 72 hours', async () => {
    const { id } = await t.register('anna')
    await t.signIn('anna')
    await t.mindmesh.user.requestEmailChange(id, 'thief@example.com')
    const confirm = await t.newestToken('thief@example.com')
    expect(await t.mindmesh.user.confirmEmailChange(confirm)).toMatchObject({
      email: 'thief@example.com',
    })
    const undo = await t.newestToken(ANNA)
    expect(await codeOf(t.mindmesh.auth.register(ANNA, PASSWORD))).toBe('email_taken')
    await t.mindmesh.user.requestEmailChange(id, 'second@example.com')
    await t.mindmesh.user.confirmEmailChange(await t.newestToken('second@example.com'))
    const laterUndo = await t.newestToken('thief@example.com')
    await t.mindmesh.password.change(id, PASSWORD, 'the password of a thief')
    t.clock.advance({ hours: 71 })
    await t.mindmesh.user.undoEmailChange(undo)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await codeOf(t.mindmesh.user.undoEmailChange(laterUndo))).toBe('link_invalid')
    expect(await codeOf(t.mindmesh.user.undoEmailChange(undo))).toBe('link_invalid')
  })

  test('e-mail change: after 72 hours it stands, and the address is free', async () => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, 'new@example.com')
    await t.mindmesh.user.confirmEmailChange(await t.newestToken('new@example.com'))
    const undo = await t.newestToken(ANNA)
    t.clock.advance({ hours: 72 })
    expect(await codeOf(t.mindmesh.user.undoEmailChange(undo))).toBe('link_expired')
    expect(await t.mindmesh.auth.register(ANNA, PASSWORD)).toMatchObject({ email: ANNA })
  })

  test('block: ends every session and open code at once, tells the owner, and unblock lets in again', async () => {
    const { id } = await t.register('anna')
    const { accessToken, refreshToken } = await t.signIn('anna')
    const { code } = await t.startLogin('anna')
    await t.mindmesh.user.block(id, { reason: 'fraud' })
    await t.mindmesh.user.block(id)
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(accessToken))).toBe('account_blocked')
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('account_blocked')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect(await codeOf(t.mindmesh.auth.login(ANNA, 'wrong password'))).toBe('invalid_credentials')
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('account_blocked')
    expect((await t.newestMail(ANNA)).subject).toContain('blocked')
    await t.mindmesh.user.unblock(id)
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
    t.clock.advance({ minutes: 10 })
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
    const types = await t.eventTypes(id)
    expect(types.filter((type) => type === 'ACCOUNT_BLOCKED')).toHaveLength(1)
    expect(types).toContain('ACCOUNT_UNBLOCKED')
  })

  test('block: wins against a sign-in that it races', async () => {
    const { id } = await t.register('anna')
    const { code } = await t.startLogin('anna')
    await Promise.allSettled([
      t.mindmesh.auth.verifyOtp(ANNA, code, 'login'),
      t.mindmesh.user.block(id),
    ])
    await t.mindmesh.user.unblock(id)
    expect(await t.mindmesh.session.list(id)).toEqual([])
  })

  test('context: two interleaved requests never see each other’s address', async () => {
    const request = async (ipAddress: string): Promise<void> => {
      t.mindmesh.setContext({ ipAddress })
      await Promise.resolve()
      await codeOf(t.mindmesh.auth.login(`${ipAddress}@example.com`, PASSWORD))
    }
    const bound = async (ipAddress: string): Promise<void> => {
      const api = t.mindmesh.withContext({ ipAddress })
      await Promise.resolve()
      await codeOf(api.auth.login(`${ipAddress}@example.com`, PASSWORD))
    }
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']
    await Promise.all(addresses.map(async (a, n) => (n % 2 ? request(a) : bound(a))))
    const { items } = await t.mindmesh.events.list()
    expect(items.map((event) => event.ipAddress).toSorted()).toEqual(addresses)
  })

  test('otp: a code of another purpose is worth nothing, and sign-in codes are not given out', async () => {
    await t.register('anna')
    await t.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await t.newestCode(ANNA)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'newsletter')).toBe(false)
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(true)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(false)
    expect((await t.mindmesh.user.getByEmail(ANNA))?.emailVerifiedAt).toEqual(t.clock.now())
    for (const purpose of ['login', 'password_reset']) {
      expect(await codeOf(t.mindmesh.otp.send(ANNA, purpose))).toBe('invalid_input')
      expect(await codeOf(t.mindmesh.otp.verify(ANNA, '123456', purpose))).toBe('invalid_input')
    }
  })

  test('new device: the owner is told, but not of one that is known', async () => {
    await t.register('anna')
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
    const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1'
    const signInWith = async (userAgent: string): Promise<void> => {
      const { code, challengeId } = await t.startLogin('anna')
      const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1', userAgent })
      await api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
      await t.mindmesh.mail.deliverDue()
      t.clock.advance({ minutes: 10 })
    }
    const notices = (): number =>
      t.mailer.sent.filter((m) => m.subject.startsWith('New sign-in')).length
    await signInWith(firefox)
    expect(notices()).toBe(0)
    await signInWith(firefox.replaceAll('128.0', '129.0'))
    expect(notices()).toBe(0)
    await signInWith(safari)
    expect(notices()).toBe(1)
    expect((await t.newestMail(ANNA)).text).toContain('Safari on iPhone')
  })

  test('fresh authentication: is asked for after fifteen minutes, and a confirmed password renews it', async () => {
    const { id } = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    await t.mindmesh.session.assertFresh(id, { sessionId })
    t.clock.advance({ minutes: 15 })
    const stale = t.mindmesh.user.requestEmailChange(id, 'new@example.com', { sessionId })
    expect(await codeOf(stale)).toBe('reauthentication_required')
    expect(await codeOf(t.mindmesh.user.delete(id, { password: 'wrong' }))).toBe(
      'invalid_credentials',
    )
    await t.mindmesh.session.reauthenticate(sessionId, PASSWORD)
    await t.mindmesh.session.assertFresh(id, { sessionId })
  })

  test('deletion: everything goes but the events, which lose the address', async () => {
    const { id } = await t.register('anna')
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.9', userAgent: 'curl/8' })
    await api.auth.login(ANNA, PASSWORD)
    const exported = await t.mindmesh.user.export(id)
    expect(JSON.stringify(exported)).not.toMatch(/passwordHash|secretHash|refreshSalt/)
    await api.user.delete(id)
    expect(await t.mindmesh.user.getById(id)).toBeNull()
    const { items } = await t.mindmesh.events.list({ userId: id })
    expect(items.map((e) => e.type)).toContain('ACCOUNT_DELETED')
    expect(items.every((e) => e.ipAddress === null && e.userAgent === null)).toBe(true)
    expect(await codeOf(t.mindmesh.user.delete(id))).toBe('user_not_found')
  })

  test('lists: pages follow one another without gap or repeat', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await t.register(name)
    const first = await t.mindmesh.user.list({ limit: 3 })
    const second = await t.mindmesh.user.list({ limit: 3, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map((u) => u.email[0])).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ])
    expect(second.nextCursor).toBeNull()
    t.clock.advance({ minutes: 1 })
    const at = t.clock.now()
    await t.register('f')
    expect((await t.mindmesh.events.list({ since: at })).items).toHaveLength(1)
    expect((await t.mindmesh.events.list({ until: at })).items).toHaveLength(5)
    expect((await t.mindmesh.events.list({ type: 'LOGIN_FAILED' })).items).toEqual([])
  })

  test('prune: removes what is past its end and nothing else', async () => {
    const { id } = await t.register('anna')
    await t.signIn('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ hours: 24 * 98 })
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    const counts = await t.mindmesh.maintenance.prune()
    expect(counts).toMatchObject({ codes: 0, sessions: 1, mails: 1 })
    expect(await t.mindmesh.user.getById(id)).not.toBeNull()
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('effects: where an event cannot be written, nothing else is', async () => {
    const { id } = await t.register('anna')
    const { code, challengeId } = await t.startLogin('anna')
    const sessions: AuthStore['sessions'] = {
      ...store.sessions,
      open: async (input, effects) => {
        const [event] = effects.events ?? []
        if (event === undefined) throw new Error('Opening a session has an event.')
        return store.sessions.open(input, { ...effects, events: [event, event] })
      },
    }
    const broken = testInstance({ ...store, sessions }, { clock: t.clock })
    await expect(
      broken.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId }),
    ).rejects.toThrow()
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ lastSignedInAt: null })
  })

  test('statements: login and reset cost the same store calls for a known and an unknown address', async () => {
    await t.register('anna')
    const calls: string[] = []
    const counted = testInstance(recording(store, calls), { clock: t.clock })
    const callsOf = async (action: () => Promise<unknown>): Promise<readonly string[]> => {
      calls.length = 0
      await action().catch(() => undefined)
      return [...calls]
    }
    const { auth, password } = counted.mindmesh
    expect(await callsOf(async () => auth.login('nobody@example.com', 'wrong password'))).toEqual(
      await callsOf(async () => auth.login(ANNA, 'wrong password')),
    )
    const known = await callsOf(async () => password.requestReset(ANNA))
    expect(known).toContain('codes.issue')
    expect(await callsOf(async () => password.requestReset('nobody@example.com'))).toEqual(known)
  })
})

/** The same store, noting the name of each method that is called. */
function recording(store: AuthStore, calls: string[]): AuthStore {
  const note = <Part extends object>(part: Part, name: string): Part =>
    new Proxy(part, {
      get(target, key, receiver): unknown {
        calls.push(`${name}.${String(key)}`)
        return Reflect.get(target, key, receiver)
      },
    })
  return {
    ...store,
    users: note(store.users, 'users'),
    codes: note(store.codes, 'codes'),
    rateLimits: note(store.rateLimits, 'rateLimits'),
    events: note(store.events, 'events'),
  }
}
