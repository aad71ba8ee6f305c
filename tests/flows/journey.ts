import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD } from '../support/instance.ts'

/** The way of one person through everything. */
export function journey(test: FlowTest): void {
  test('journey: register, both steps, token, refresh, logout, reset by the mailed token', async ({
    t,
  }) => {
    const { auth, password } = t.mindmesh
    const user = await t.register('anna')
    expect(user).toMatchObject({ email: ANNA, emailVerifiedAt: null })
    expect(user).not.toHaveProperty('passwordHash')
    const step = await auth.login(ANNA, PASSWORD)
    expect(step).toEqual({ otpRequired: true, challengeId: expect.any(String) })
    const signedIn = await auth.verifyOtp(ANNA, await t.newestCode(ANNA), 'login')
    expect(Object.keys(signedIn).toSorted()).toEqual(['accessToken', 'refreshToken', 'user'])
    expect(signedIn.refreshToken).toMatch(/^[\w-]{128}$/)
    const claims = await auth.verifyAccessToken(signedIn.accessToken)
    expect(claims).toMatchObject({ userId: user.id, email: ANNA, sub: user.id })
    expect(claims.exp - claims.iat).toBe(15 * 60)
    const found = await auth.getUserFromToken(signedIn.accessToken)
    expect(found).toEqual(signedIn.user)
    expect(found).not.toHaveProperty('passwordHash')
    const tokens = await auth.refresh(signedIn.refreshToken)
    expect(tokens.refreshToken).not.toBe(signedIn.refreshToken)
    await auth.logout(claims.sessionId)
    await auth.logout(claims.sessionId)
    expect(await codeOf(auth.getUserFromToken(tokens.accessToken))).toBe('session_revoked')
    expect(await codeOf(auth.refresh(tokens.refreshToken))).toBe('session_revoked')
    await password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    await password.reset(token, NEXT_PASSWORD)
    expect(await codeOf(password.reset(token, 'a third long password'))).toBe('link_invalid')
    expect(await codeOf(auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    expect(await auth.login(ANNA, NEXT_PASSWORD)).toMatchObject({ otpRequired: true })
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
}
