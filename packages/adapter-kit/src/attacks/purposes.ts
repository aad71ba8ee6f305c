import { expectEqual, present } from '../expect.ts'
import { attacksOf, type AttackCase } from './attack-case.ts'
import { NEXT_PASSWORD, PASSWORD, type AttackContext } from './attack-context.ts'
import { personAt } from './attack-provider.ts'
import { expectRefused } from './outcome-of.ts'

const ANNA = 'anna@example.com'

/** One of each kind of token that the library gives out, all of them good. */
async function everyToken(c: AttackContext): Promise<Readonly<Record<string, string>>> {
  const anna = await c.register('anna')
  const berta = await c.register('berta')
  const { accessToken, refreshToken, sessionId } = await c.signIn(ANNA)
  await c.app.password.requestReset(ANNA)
  const reset = await c.newestToken(ANNA)
  await c.app.user.requestEmailChange(berta.id, 'first@example.com')
  await c.app.user.confirmEmailChange(await c.newestToken('first@example.com'))
  const undo = await c.newestToken('berta@example.com')
  await c.app.user.requestEmailChange(anna.id, 'new@example.com')
  const change = await c.newestToken('new@example.com')
  const { state } = await c.from().oauth.authorize('hub')
  const { challengeId } = await c.startLogin(ANNA)
  return {
    access: accessToken,
    refresh: refreshToken,
    session: sessionId,
    reset,
    undo,
    change,
    state,
    challenge: challengeId,
  }
}

/** Where a token of each kind belongs. */
const DOORS: Readonly<Record<string, (c: AttackContext, token: string) => Promise<unknown>>> = {
  access: async (c, token) => c.from().auth.getUserFromToken(token),
  refresh: async (c, token) => c.from().auth.refresh(token),
  reset: async (c, token) => c.from().password.reset(token, NEXT_PASSWORD),
  change: async (c, token) => c.from().user.confirmEmailChange(token),
  undo: async (c, token) => c.from().user.undoEmailChange(token),
  state: async (c, state) => {
    const { code } = c.hub.consent(await c.from().oauth.authorize('hub'), personAt(ANNA))
    return c.from().oauth.callback('hub', { state, browserState: state, code })
  },
}
const REFUSED = ['token_invalid', 'link_invalid', 'oauth_state_invalid', 'invalid_input']

const TOKENS = attacksOf(
  'purposes',
  Object.fromEntries(
    Object.entries(DOORS).map(([kind, open]) => [
      `shows every other kind of token where a token for “${kind}” belongs`,
      async (c: AttackContext) => {
        for (const [other, token] of Object.entries(await everyToken(c))) {
          if (other !== kind) await expectRefused(open(c, token), REFUSED, other)
        }
      },
    ]),
  ),
)

async function mailedCode(c: AttackContext, purpose: string): Promise<string> {
  await c.app.otp.send(ANNA, purpose)
  return present(/\b\d{6}\b/.exec((await c.newestMail(ANNA)).text)?.[0], 'a code')
}

const CODES = attacksOf('purposes', {
  'signs in with a code of another purpose': async (c) => {
    await c.register('anna')
    const { challengeId } = await c.startLogin(ANNA)
    for (const purpose of ['email_verify', 'checkout']) {
      const code = await mailedCode(c, purpose)
      const call = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
      await expectRefused(call, ['otp_invalid'], purpose)
    }
  },
  'uses a sign-in code for another purpose': async (c) => {
    await c.register('anna')
    const { code } = await c.startLogin(ANNA)
    for (const purpose of ['email_verify', 'checkout']) {
      expectEqual(await c.app.otp.verify(ANNA, code, purpose), false, purpose)
    }
  },
  'has a sign-in code mailed without the password': async (c) => {
    await c.register('anna')
    const names = [
      'login',
      'password_reset',
      'email_change',
      'email_change_undo',
      'oauth_state',
      'Login',
      'login ',
      'app:login',
      'lоgin',
    ]
    for (const purpose of names) {
      await expectRefused(c.app.otp.send(ANNA, purpose), ['invalid_input'], purpose)
      await expectRefused(c.app.otp.verify(ANNA, '123456', purpose), ['invalid_input'], purpose)
    }
  },
  'uses the code of one address for another': async (c) => {
    await c.register('anna')
    const code = await mailedCode(c, 'checkout')
    expectEqual(await c.app.otp.verify('berta@example.com', code, 'checkout'), false, 'the answer')
  },
  'proves an address by a code that went to an earlier one': async (c) => {
    const { id } = await c.register('anna')
    const code = await mailedCode(c, 'email_verify')
    await c.app.user.requestEmailChange(id, 'new@example.com')
    await c.app.user.confirmEmailChange(await c.newestToken('new@example.com'))
    expectEqual(await c.app.otp.verify(ANNA, code, 'email_verify'), false, 'at the old address')
    const atNew = await c.app.otp.verify('new@example.com', code, 'email_verify')
    expectEqual(atNew, false, 'at the new address')
  },
  'has the session opened by the password alone': async (c) => {
    const { id } = await c.register('anna')
    const step = await c.from().auth.login(ANNA, PASSWORD)
    expectEqual('accessToken' in step || 'refreshToken' in step, false, 'whether there are tokens')
    expectEqual(await c.app.session.list(id), [], 'sessions')
  },
  'skips the second step by a reset': async (c) => {
    const { id } = await c.register('anna')
    await c.app.password.requestReset(ANNA)
    await c.from().password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
    expectEqual(await c.app.session.list(id), [], 'sessions')
    const step = await c.from().auth.login(ANNA, NEXT_PASSWORD)
    expectEqual(step.otpRequired, true, 'whether the second step is asked for')
  },
})

/** Attacks that use one thing in the place of another. */
export const purposes: readonly AttackCase[] = [...TOKENS, ...CODES]
