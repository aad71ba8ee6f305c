import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, testInstance } from '../support/instance.ts'
import { inTurn } from '../support/times.ts'
import { wrappedStore } from '../support/wrapped-store.ts'

const NOBODY = '01900000-0000-7000-8000-000000000000'

/** Blocking an account. */
export function blocking(test: FlowTest): void {
  test('block: ends every session and open code at once, and tells the owner', async ({ t }) => {
    const { id } = await t.register('anna')
    const { accessToken, refreshToken } = await t.signIn('anna')
    const { code } = await t.startLogin('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const reset = await t.newestToken(ANNA)
    await t.mindmesh.user.block(id, { reason: 'fraud' })
    expect(await t.mindmesh.user.getById(id)).toMatchObject({
      blockedAt: t.clock.now(),
      blockedReason: 'fraud',
    })
    const { auth, session, password } = t.mindmesh
    expect(await codeOf(auth.getUserFromToken(accessToken))).toBe('account_blocked')
    expect(await codeOf(auth.refresh(refreshToken))).toBe('account_blocked')
    expect(await codeOf(auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect(await codeOf(password.reset(reset, NEXT_PASSWORD))).toBe('link_invalid')
    expect(await session.list(id)).toEqual([])
    expect((await t.newestMail(ANNA)).subject).toContain('blocked')
    expect((await t.newestMail(ANNA)).text).not.toContain('fraud')
  })

  test('block: is told to who knows the password, and to nobody else', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    expect(await codeOf(t.mindmesh.auth.login(ANNA, 'wrong password'))).toBe('invalid_credentials')
    // A right password is no failure, however often it is tried.
    await inTurn(11, async () => {
      expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('account_blocked')
    })
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toHaveLength(1)
  })

  test('block: refuses the right code too, where one was read before the block took it away', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const { code } = await t.startLogin('anna')
    const stale = wrappedStore(t.store, async ({ name, proceed }) => {
      const found = await proceed()
      if (name !== 'users.findWithCode') return found
      const { user, ...rest } = Object(found)
      return { ...rest, user: { ...user, blockedAt: t.clock.now() } }
    })
    const { mindmesh } = testInstance(stale, { clock: t.clock })
    expect(await codeOf(mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('account_blocked')
    expect(await t.mindmesh.session.list(id)).toEqual([])
  })

  test('block: again changes nothing; unblock lets in again but brings no session back', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    await t.mindmesh.user.block(id, { reason: 'fraud' })
    await t.mindmesh.user.block(id, { reason: 'another' })
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ blockedReason: 'fraud' })
    await t.mindmesh.user.unblock(id)
    await t.mindmesh.user.unblock(id)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({
      blockedAt: null,
      blockedReason: null,
    })
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
    const types = await t.eventTypes(id)
    expect(types.filter((type) => type.startsWith('ACCOUNT'))).toEqual([
      'ACCOUNT_BLOCKED',
      'ACCOUNT_UNBLOCKED',
    ])
  })

  test('block: nobody is not found', async ({ t }) => {
    expect(await codeOf(t.mindmesh.user.block(NOBODY))).toBe('user_not_found')
    expect(await codeOf(t.mindmesh.user.unblock(NOBODY))).toBe('user_not_found')
    expect(await codeOf(t.mindmesh.user.markEmailVerified(NOBODY))).toBe('user_not_found')
  })
}
