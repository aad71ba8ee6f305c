import { expect } from 'vitest'
import { authErrorOf, codeOf, outcomeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, testInstance } from '../support/instance.ts'
import { KNOWN_TOKEN, knownRandom } from '../support/known-random.ts'
import { answeringStore, interruptedStore, wrappedStore } from '../support/wrapped-store.ts'

/** Resetting and changing passwords. */
export function password(test: FlowTest): void {
  test('password reset: ends every session, voids open codes, tells the owner, signs nobody in', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const session = await t.signIn('anna')
    const { code } = await t.startLogin('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    await t.mindmesh.password.reset(token, NEXT_PASSWORD)
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(session.accessToken))).toBe(
      'session_revoked',
    )
    expect(await codeOf(t.mindmesh.auth.refresh(session.refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect((await t.newestMail(ANNA)).subject).toContain('was reset')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ passwordVersion: 1 })
  })

  test('password reset: lifts no block', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), NEXT_PASSWORD)
    expect(await codeOf(t.mindmesh.auth.login(ANNA, NEXT_PASSWORD))).toBe('account_blocked')
  })

  test('password reset: a refused password leaves the token usable', async ({ t }) => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const error = await authErrorOf(t.mindmesh.password.reset(token, 'password1'))
    expect(error).toMatchObject({ field: 'newPassword', reason: 'too_common' })
    expect(await outcomeOf(t.mindmesh.password.reset(token, NEXT_PASSWORD))).toBe('ok')
  })

  test('password reset: a token is over after thirty minutes, and a newer one replaces it', async ({
    t,
  }) => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const first = await t.newestToken(ANNA)
    await t.mindmesh.password.requestReset(ANNA)
    const second = await t.newestToken(ANNA)
    expect(await codeOf(t.mindmesh.password.reset(first, NEXT_PASSWORD))).toBe('link_invalid')
    t.clock.advance({ minutes: 30 })
    expect(await codeOf(t.mindmesh.password.reset(second, NEXT_PASSWORD))).toBe('link_expired')
    await t.mindmesh.password.requestReset(ANNA)
    t.clock.advance({ seconds: 30 * 60 - 1 })
    const third = await t.newestToken(ANNA)
    expect(await outcomeOf(t.mindmesh.password.reset(third, NEXT_PASSWORD))).toBe('ok')
  })

  test('password reset: a token that runs out while its password is hashed is over', async ({
    t,
  }) => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const expired = answeringStore(t.store, 'codes.consume', { status: 'expired' })
    const late = testInstance(expired, { clock: t.clock })
    expect(await codeOf(late.mindmesh.password.reset(token, NEXT_PASSWORD))).toBe('link_expired')
  })

  test('password reset: a token that a newer one replaces while its password is hashed is over', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const interrupted = interruptedStore(t.store, 'codes.consume', async () =>
      t.mindmesh.password.requestReset(ANNA),
    )
    const late = testInstance(interrupted, { clock: t.clock })
    expect(await codeOf(late.mindmesh.password.reset(token, NEXT_PASSWORD))).toBe('link_invalid')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ passwordVersion: 0 })
  })

  test('password reset: an unknown address gets no mail and the same answer', async ({ t }) => {
    expect(await t.mindmesh.password.requestReset('nobody@example.com')).toBeUndefined()
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toEqual([])
  })

  test('password reset: the token that went to nobody sets no password', async ({ t }) => {
    const { mindmesh } = testInstance(t.store, { clock: t.clock, random: knownRandom })
    await mindmesh.password.requestReset(ANNA)
    const { id } = await t.register('anna')
    expect(await codeOf(mindmesh.password.reset(KNOWN_TOKEN, NEXT_PASSWORD))).toBe('link_invalid')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ passwordVersion: 0 })
  })

  test('password reset: a token of another kind, or of nobody, is worth nothing', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, 'new@example.com')
    const link = await t.newestToken('new@example.com')
    expect(await codeOf(t.mindmesh.password.reset(link, NEXT_PASSWORD))).toBe('link_invalid')
    expect(await codeOf(t.mindmesh.password.reset('nothing', NEXT_PASSWORD))).toBe('link_invalid')
    expect(await codeOf(t.mindmesh.user.undoEmailChange(link))).toBe('link_invalid')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    await t.mindmesh.user.delete(id)
    expect(await codeOf(t.mindmesh.password.reset(token, NEXT_PASSWORD))).toBe('link_invalid')
  })

  test('password reset: a password that was changed in between is not written over', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const racing = interruptedStore(t.store, 'users.setPassword', async () =>
      t.mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD),
    )
    const late = testInstance(racing, { clock: t.clock })
    expect(await codeOf(late.mindmesh.password.reset(token, 'a third long password'))).toBe(
      'conflict',
    )
    expect(await t.mindmesh.auth.login(ANNA, NEXT_PASSWORD)).toMatchObject({ otpRequired: true })
  })

  changing(test)
}

function changing(test: FlowTest): void {
  test('password change: ends the other sessions, voids codes and tells the owner', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const one = await t.signIn('anna')
    const two = await t.signIn('anna')
    const { code } = await t.startLogin('anna')
    const { auth, password: passwords } = t.mindmesh
    const { sessionId } = await auth.verifyAccessToken(two.accessToken)
    const wrong = passwords.change(id, 'wrong password', NEXT_PASSWORD)
    expect(await authErrorOf(wrong)).toMatchObject({ code: 'invalid_credentials', status: 401 })
    await passwords.change(id, PASSWORD, NEXT_PASSWORD, { keepSessionId: sessionId })
    expect(await codeOf(auth.getUserFromToken(one.accessToken))).toBe('session_revoked')
    expect(await auth.getUserFromToken(two.accessToken)).toHaveProperty('id', id)
    expect(await codeOf(auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect((await t.newestMail(ANNA)).subject).toContain('was changed')
    expect(await codeOf(auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    await passwords.change(id, NEXT_PASSWORD, PASSWORD)
    expect(await t.mindmesh.session.list(id)).toEqual([])
  })

  test('password change: another person’s session is not kept nor ended', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    await t.signIn('anna')
    const berta = await t.signIn('berta')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(berta.accessToken)
    await t.mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD, { keepSessionId: sessionId })
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await t.mindmesh.auth.getUserFromToken(berta.accessToken)).toHaveProperty('email')
  })

  test('password change: a person without a password has none to confirm', async ({ t }) => {
    const { id } = await t.register('anna')
    const withoutHash = wrappedStore(t.store, async ({ name, proceed }) => {
      const found = await proceed()
      return name === 'users.findCredentials' ? { ...Object(found), passwordHash: null } : found
    })
    const { mindmesh } = testInstance(withoutHash, { clock: t.clock })
    expect(await codeOf(mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD))).toBe(
      'invalid_credentials',
    )
  })

  test('password change: a weak password and an unknown person are refused', async ({ t }) => {
    const { id } = await t.register('anna')
    const weak = t.mindmesh.password.change(id, PASSWORD, 'short')
    expect(await authErrorOf(weak)).toMatchObject({ field: 'next', reason: 'too_short' })
    const nobody = '01900000-0000-7000-8000-000000000000'
    expect(await codeOf(t.mindmesh.password.change(nobody, PASSWORD, NEXT_PASSWORD))).toBe(
      'user_not_found',
    )
  })

  test('password change: a reset in between is not written over', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const racing = interruptedStore(t.store, 'users.setPassword', async () =>
      t.mindmesh.password.reset(token, NEXT_PASSWORD),
    )
    const late = testInstance(racing, { clock: t.clock })
    const change = late.mindmesh.password.change(id, PASSWORD, 'the password of a thief')
    expect(await codeOf(change)).toBe('conflict')
    expect(await t.mindmesh.auth.login(ANNA, NEXT_PASSWORD)).toMatchObject({ otpRequired: true })
  })
}
