import { RACERS } from '../races/race.ts'
import { countOf, expectEqual, present } from '../expect.ts'
import { eventsOf, expectOneOk, somebody } from './arrange-race.ts'
import { defineAttackRace, type AttackRace } from './attack-case.ts'
import { expectRefused, outcomeOf, tally, valueOrNull } from './outcome-of.ts'
import { wrongCode } from './wrong-code.ts'

/** Codes, redeemed and asked for many times at once. */
export const codesAtOnce: readonly AttackRace[] = [
  defineAttackRace({
    name: 'redeems one sign-in code many times at once',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      return { id, email, now: c.clock.now(), ...(await c.startLogin(email)) }
    },
    call: async (c, { email, code, challengeId, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.from().auth.verifyOtp(email, code, 'login', { challengeId }))
    },
    async judge(c, { id }, outcomes: readonly string[]) {
      expectOneOk(outcomes, ['otp_invalid', 'otp_expired', 'rate_limited'])
      expectEqual((await c.app.session.list(id)).length, 1, 'sessions')
      expectEqual(await eventsOf(c, id, 'LOGIN_SUCCESS'), 1, 'events LOGIN_SUCCESS')
    },
  }),
  defineAttackRace({
    name: 'tries many wrong sign-in codes at once',
    group: 'at once',
    async prepare(c) {
      const { id, email } = await somebody(c)
      return { id, email, now: c.clock.now(), ...(await c.startLogin(email)) }
    },
    call: async (c, { email, code, challengeId, now }, index) => {
      c.clock.set(now)
      const options = { challengeId }
      const wrong = wrongCode(code, index)
      return outcomeOf(c.from().auth.verifyOtp(email, wrong, 'login', options))
    },
    async judge(c, { id, email, code, challengeId }, outcomes: readonly string[]) {
      const compared = await eventsOf(c, id, 'OTP_FAILED')
      expectEqual(compared, c.limits.otpAttempts, 'codes that were compared')
      expectEqual(countOf(outcomes, 'ok'), 0, 'how many got in')
      const right = c.app.auth.verifyOtp(email, code, 'login', { challengeId })
      await expectRefused(right, ['otp_expired', 'otp_invalid'], 'the right code afterwards')
    },
  }),
  defineAttackRace({
    name: 'redeems one code of the app’s own many times at once',
    group: 'at once',
    async prepare(c) {
      const { email } = await somebody(c)
      await c.app.otp.send(email, 'checkout')
      const code = present(/\b\d{6}\b/.exec((await c.newestMail(email)).text)?.[0], 'a code')
      return { email, code, now: c.clock.now() }
    },
    call: async (c, { email, code, now }, _index) => {
      c.clock.set(now)
      return valueOrNull(c.app.otp.verify(email, code, 'checkout'))
    },
    judge: async (_c, _start, outcomes: readonly (boolean | null)[]) =>
      expectEqual(countOf(outcomes, true), 1, 'how many were told that it is right'),
  }),
  defineAttackRace({
    name: 'asks for many codes at once',
    group: 'at once',
    prepare: async (c) => ({ ...(await somebody(c)), now: c.clock.now() }),
    call: async (c, { email, now }, _index) => {
      c.clock.set(now)
      return outcomeOf(c.app.otp.send(email, 'email_verify'))
    },
    async judge(c, { email }, outcomes: readonly string[]) {
      const { otpSend } = c.limits
      const expected = { ok: otpSend, rate_limited: RACERS - otpSend }
      expectEqual(tally(outcomes), expected, 'answers')
      await c.app.mail.deliverDue()
      expectEqual(c.mails.filter((mail) => mail.to === email).length, otpSend, 'mails')
    },
  }),
]
