import { expectEqual } from '../expect.ts'
import { attacksOf, type AttackCase } from './attack-case.ts'
import { expectRefused, outcomeOf, tally } from './outcome-of.ts'
import { wrongCode } from './wrong-code.ts'

const ANNA = 'anna@example.com'

/** Attacks by a server whose clock is set back, by an hour and more. */
export const clockSetBack: readonly AttackCase[] = attacksOf('clock', {
  'sets the clock back to guess passwords again': async (c) => {
    await c.register('anna')
    const answers: string[] = []
    for (let nth = 0; nth < 24; nth += 1) {
      answers.push(await outcomeOf(c.from().auth.login(ANNA, `guess number ${nth}`)))
      c.clock.advance({ hours: -1 })
    }
    const { loginFailures } = c.limits
    expectEqual(tally(answers)['invalid_credentials'], loginFailures, 'guesses compared')
  },
  'sets the clock back to guess codes again': async (c) => {
    await c.register('anna')
    const { challengeId, code } = await c.startLogin(ANNA)
    for (let nth = 0; nth < 12; nth += 1) {
      c.clock.advance({ hours: -1 })
      await outcomeOf(c.from().auth.verifyOtp(ANNA, wrongCode(code, nth), 'login', { challengeId }))
    }
    expectEqual((await c.events('OTP_FAILED')).length, c.limits.otpAttempts, 'codes compared')
  },
  'sets the clock back to use a code or a link twice': async (c) => {
    await c.register('anna')
    const { challengeId, code } = await c.startLogin(ANNA)
    await c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await c.app.password.requestReset(ANNA)
    const token = await c.newestToken(ANNA)
    await c.from().password.reset(token, 'another long password')
    c.clock.advance({ hours: -1 })
    const again = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(again, ['otp_invalid'], 'the code')
    const reset = c.from().password.reset(token, 'a third long password')
    await expectRefused(reset, ['link_invalid'], 'the link')
  },
  'sets the clock back to bring an ended session back': async (c) => {
    await c.register('anna')
    const { refreshToken, sessionId } = await c.signIn(ANNA)
    await c.app.auth.logout(sessionId)
    c.clock.advance({ hours: -1 })
    await expectRefused(c.from().auth.refresh(refreshToken), ['session_revoked'], 'the session')
  },
  'sets the clock back to use a stolen refresh token unseen': async (c) => {
    const { id } = await c.register('anna')
    const { refreshToken: stolen } = await c.signIn(ANNA)
    await c.app.auth.refresh(stolen)
    c.clock.advance({ hours: -1 })
    await expectRefused(c.from().auth.refresh(stolen), ['session_revoked'], 'the stolen token')
    expectEqual(await c.app.session.list(id), [], 'sessions that are left')
  },
  'sets the clock back to have an old sign-in count as fresh': async (c) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    c.clock.advance({ hours: -1 })
    const proof = { sessionId }
    const asked = c.app.session.assertFresh(id, proof)
    await expectRefused(asked, ['reauthentication_required'], 'the proof')
  },
  'sets the clock back to use an access token from the future': async (c) => {
    await c.register('anna')
    const { accessToken } = await c.signIn(ANNA)
    c.clock.advance({ hours: -1 })
    await expectRefused(c.from().auth.getUserFromToken(accessToken), ['token_invalid'], 'the token')
  },
})
