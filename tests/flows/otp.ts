import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance } from '../support/instance.ts'
import { KNOWN_CODE, knownRandom } from '../support/known-random.ts'
import { interruptedStore } from '../support/wrapped-store.ts'
import { wrongCode } from '../support/wrong-code.ts'

const RESERVED = ['login', 'password_reset', 'email_change', 'email_change_undo', 'oauth_state']

/** Codes for other purposes than signing in. */
export function otp(test: FlowTest): void {
  test('otp: the right code of email_verify proves the address, once', async ({ t }) => {
    await t.register('anna')
    await t.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await t.newestCode(ANNA)
    expect(await t.mindmesh.otp.verify(ANNA, wrongCode(code), 'email_verify')).toBe(false)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(true)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(false)
    expect((await t.mindmesh.user.getByEmail(ANNA))?.emailVerifiedAt).toEqual(t.clock.now())
  })

  test('otp: an address that is proven already is as good', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await t.newestCode(ANNA)
    await t.mindmesh.user.markEmailVerified(id)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(true)
  })

  test('otp: a code for an address that the account no longer has proves nothing', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await t.newestCode(ANNA)
    await t.mindmesh.user.requestEmailChange(id, 'new@example.com')
    const link = await t.newestToken('new@example.com')
    const changing = interruptedStore(t.store, 'users.markEmailVerified', async () =>
      t.mindmesh.user.confirmEmailChange(link),
    )
    const late = testInstance(changing, { clock: t.clock })
    expect(await late.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(false)
  })

  test('otp: an email_verify code goes to accounts only, with the same answer', async ({ t }) => {
    expect(await t.mindmesh.otp.send(ANNA, 'email_verify')).toBeUndefined()
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toEqual([])
    await t.mindmesh.otp.send(ANNA, 'checkout')
    expect((await t.newestMail(ANNA)).subject).toBe('Your code for Mindmesh')
  })

  test('otp: the code that went to nobody proves nothing', async ({ t }) => {
    const { mindmesh } = testInstance(t.store, { clock: t.clock, random: knownRandom })
    await mindmesh.otp.send(ANNA, 'email_verify')
    expect(await mindmesh.otp.verify(ANNA, KNOWN_CODE, 'email_verify')).toBe(false)
    await t.register('anna')
    await mindmesh.otp.send(ANNA, 'email_verify')
    expect(await mindmesh.otp.verify(ANNA, KNOWN_CODE, 'email_verify')).toBe(true)
  })

  test('otp: a code of the app’s own works for anyone, once, and is over after five minutes', async ({
    t,
  }) => {
    await t.mindmesh.otp.send('Guest@example.com', 'checkout')
    const code = await t.newestCode('Guest@example.com')
    expect(await t.mindmesh.otp.verify('guest@example.com', code, 'checkout')).toBe(true)
    expect(await t.mindmesh.otp.verify('guest@example.com', code, 'checkout')).toBe(false)
    await t.mindmesh.otp.send('guest@example.com', 'checkout')
    const late = await t.newestCode('guest@example.com')
    t.clock.advance({ minutes: 5 })
    expect(await t.mindmesh.otp.verify('guest@example.com', late, 'checkout')).toBe(false)
  })

  test('otp: a code for one purpose or address is worth nothing for another', async ({ t }) => {
    await t.register('anna')
    await t.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await t.newestCode(ANNA)
    await t.mindmesh.otp.send(ANNA, 'newsletter')
    await t.mindmesh.otp.send('other@example.com', 'email_verify')
    expect(await t.mindmesh.otp.verify(ANNA, code, 'newsletter')).toBe(false)
    expect(await t.mindmesh.otp.verify('other@example.com', code, 'email_verify')).toBe(false)
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(true)
  })

  test('otp: a sign-in code is worth nothing as a code of another purpose', async ({ t }) => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    expect(await t.mindmesh.otp.verify(ANNA, code, 'email_verify')).toBe(false)
    expect(await t.mindmesh.otp.verify(ANNA, code, 'checkout')).toBe(false)
    expect(await t.mindmesh.auth.verifyOtp(ANNA, code, 'login')).toHaveProperty('accessToken')
  })

  test.for(RESERVED)('otp: a %s code is neither given out nor taken', async (purpose, { t }) => {
    await t.register('anna')
    await t.startLogin('anna')
    expect(await codeOf(t.mindmesh.otp.send(ANNA, purpose))).toBe('invalid_input')
    expect(await codeOf(t.mindmesh.otp.verify(ANNA, '123456', purpose))).toBe('invalid_input')
    const other = Reflect.apply(t.mindmesh.auth.verifyOtp, null, [ANNA, '123456', 'email_verify'])
    await expect(other).rejects.toMatchObject({ code: 'invalid_input', field: 'purpose' })
  })
}
