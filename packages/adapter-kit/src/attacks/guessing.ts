import { expectEqual, present } from '../expect.ts'
import { attacksOf, type AttackCase } from './attack-case.ts'
import { NEXT_PASSWORD, PASSWORD, type AttackContext, type StartedLogin } from './attack-context.ts'
import { expectRefused, outcomeOf, tally } from './outcome-of.ts'
import { wrongCode } from './wrong-code.ts'

const ANNA = 'anna@example.com'

/** Tries one wrong code after another, until something else than “wrong” is answered. Gives how many were compared. */
async function guessCodes(
  c: AttackContext,
  email: string,
  { code, challengeId }: { readonly code: string; readonly challengeId: string },
): Promise<number> {
  const before = (await c.events('OTP_FAILED')).length
  for (let nth = 0; nth < c.limits.otpAttempts + 3; nth += 1) {
    const guess = c.from().auth.verifyOtp(email, wrongCode(code, nth), 'login', { challengeId })
    if ((await outcomeOf(guess)) !== 'otp_invalid') break
  }
  return (await c.events('OTP_FAILED')).length - before
}

/** Attacks on sign-in codes. */
const CODES = attacksOf('guessing', {
  'guesses the code of one sign-in until it is right': async (c) => {
    await c.register('anna')
    const started = await c.startLogin(ANNA)
    expectEqual(await guessCodes(c, ANNA, started), c.limits.otpAttempts, 'codes compared')
    const { code, challengeId } = started
    const right = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(right, ['otp_expired', 'otp_invalid'], 'the right code')
  },
  'has the code sent again, with one try left, to get new tries': async (c) => {
    await c.register('anna')
    const guess = async ({ code, challengeId }: StartedLogin, times: number): Promise<void> => {
      for (let nth = 0; nth < times; nth += 1) {
        const wrong = wrongCode(code, nth)
        await outcomeOf(c.from().auth.verifyOtp(ANNA, wrong, 'login', { challengeId }))
      }
    }
    await guess(await c.startLogin(ANNA), c.limits.otpAttempts - 1)
    await guess(await c.startLogin(ANNA), c.limits.otpAttempts)
    expectEqual((await c.events('OTP_FAILED')).length, c.limits.otpAttempts, 'codes compared')
  },
  'waits for one code after another all day long': async (c) => {
    await c.register('anna')
    let compared = 0
    for (let round = 0; round < 6; round += 1) {
      compared += await guessCodes(c, ANNA, await c.startLogin(ANNA))
      c.clock.advance({ minutes: 11 })
    }
    expectEqual(compared, c.limits.codeFailuresPerDay, 'codes compared in a day')
  },
  'waits for one code after another for as many days as it takes': async (c) => {
    await c.register('anna')
    let compared = 0
    for (let round = 0; round < c.limits.codeFailuresPerPassword / 2; round += 1) {
      const started = await c.startLogin(ANNA)
      const found = await guessCodes(c, ANNA, started)
      if (found === 0) break
      compared += found
      c.clock.advance({ hours: 13 })
    }
    expectEqual(compared, c.limits.codeFailuresPerPassword, 'codes compared in a password’s life')
    const { code, challengeId } = await c.startLogin(ANNA)
    const right = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(right, ['password_reset_required'], 'the right code afterwards')
  },
  'guesses the codes of many accounts, a few of each': async (c) => {
    for (let nth = 0; nth < 5; nth += 1) {
      const { email } = await c.register(`person${nth}`)
      expectEqual(
        await guessCodes(c, email, await c.startLogin(email)),
        c.limits.otpAttempts,
        'codes compared',
      )
    }
    await c.register('anna')
    await c.signIn(ANNA)
  },
  'guesses another’s code by the challenge of an own sign-in': async (c) => {
    await c.register('anna')
    await c.register('thief')
    await c.startLogin(ANNA)
    const own = await c.startLogin('thief@example.com')
    const guess = c.from().auth.verifyOtp(ANNA, own.code, 'login', { challengeId: own.challengeId })
    await expectRefused(guess, ['otp_invalid'], 'the guess')
    expectEqual(await c.events('OTP_FAILED'), [], 'tries that were spent')
  },
  'spends the tries of another’s code by made-up challenges': async (c) => {
    await c.register('anna')
    const { code, challengeId } = await c.startLogin(ANNA)
    for (let nth = 0; nth < 20; nth += 1) {
      const madeUp = `0190a000-0000-7000-8000-${String(nth).padStart(12, '0')}`
      const guess = c.from().auth.verifyOtp(ANNA, wrongCode(code), 'login', { challengeId: madeUp })
      await expectRefused(guess, ['otp_invalid'], 'a guess')
    }
    await c.app.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  },
  'spends the tries of another’s code by leaving the challenge out': async (c) => {
    await c.register('anna')
    const strict = c.another({ requireLoginChallenge: true })
    const { code, challengeId } = await c.startLogin(ANNA)
    for (let nth = 0; nth < 20; nth += 1) {
      const guess = async () => strict.auth.verifyOtp(ANNA, wrongCode(code, nth), 'login')
      await expectRefused(guess, ['invalid_input'], 'a guess')
    }
    await strict.auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await strict.close()
  },
  'guesses codes of the app’s own, across sendings, all day long': async (c) => {
    let compared = 0
    for (let round = 0; round < 4; round += 1) {
      await c.app.otp.send(ANNA, 'checkout')
      const code = present(/\b\d{6}\b/.exec((await c.newestMail(ANNA)).text)?.[0], 'a code')
      const before = (await c.events('OTP_FAILED')).length
      for (let nth = 0; nth < 7; nth += 1) {
        await outcomeOf(c.app.otp.verify(ANNA, wrongCode(code, nth), 'checkout'))
      }
      compared += (await c.events('OTP_FAILED')).length - before
      c.clock.advance({ minutes: 11 })
    }
    expectEqual(compared, c.limits.codeFailuresPerDay, 'codes compared in a day')
  },
})

async function logins(
  c: AttackContext,
  tries: readonly (readonly [email: string, password: string, ipAddress: string])[],
): Promise<Readonly<Record<string, number>>> {
  const answers: string[] = []
  for (const [email, password, ipAddress] of tries) {
    answers.push(await outcomeOf(c.from({ ipAddress }).auth.login(email, password)))
  }
  return tally(answers)
}

function range<Item>(length: number, item: (nth: number) => Item): readonly Item[] {
  return Array.from({ length }, (_, nth) => item(nth))
}

function guessNumber(nth: number): string {
  return `guess number ${nth}`
}

/** Attacks on passwords. */
const PASSWORDS = attacksOf('guessing', {
  'guesses one account’s password from many addresses': async (c) => {
    await c.register('anna')
    const answers = await logins(
      c,
      range(30, (nth) => [ANNA, `guess number ${nth}`, `198.51.100.${nth}`]),
    )
    const { loginFailures } = c.limits
    const expected = { invalid_credentials: loginFailures, rate_limited: 30 - loginFailures }
    expectEqual(answers, expected, 'answers')
  },
  'sprays one password over many accounts from one address': async (c) => {
    const people = range(5, (nth) => `person${nth}`)
    for (const name of people) await c.register(name)
    const answers = await logins(
      c,
      range(30, (nth) => [`person${nth % 5}@example.com`, 'a common password', '198.51.100.7']),
    )
    const { loginPerIp } = c.limits
    expectEqual(
      answers,
      { invalid_credentials: loginPerIp, rate_limited: 30 - loginPerIp },
      'answers',
    )
  },
  'signs in with an own account in between, to have the count forgotten': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const tries = range(30, (nth) =>
      nth % 3 === 2
        ? (['thief@example.com', PASSWORD, '198.51.100.7'] as const)
        : ([ANNA, `guess number ${nth}`, '198.51.100.7'] as const),
    )
    const answers = await logins(c, tries)
    expectEqual(30 - (answers['rate_limited'] ?? 0), c.limits.loginPerIp, 'calls that were heard')
  },
  'guesses the password where it is asked for within a session': async (c) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    const { password, session, user } = c.app
    const ways = [
      async (nth: number) => password.change(id, guessNumber(nth), NEXT_PASSWORD),
      async (nth: number) => session.reauthenticate(sessionId, guessNumber(nth)),
      async (nth: number) => user.delete(id, { password: guessNumber(nth) }),
      async (nth: number) =>
        user.requestEmailChange(id, 'x@example.com', { password: guessNumber(nth) }),
      async (nth: number) => c.app.oauth.link(id, 'hub', { proof: { password: guessNumber(nth) } }),
      async (nth: number) => c.from().auth.login(ANNA, guessNumber(nth)),
    ]
    const answers: string[] = []
    for (let nth = 0; nth < 24; nth += 1) {
      answers.push(await outcomeOf(async () => ways[nth % ways.length]?.(nth)))
    }
    const { loginFailures } = c.limits
    const expected = { invalid_credentials: loginFailures, rate_limited: 24 - loginFailures }
    expectEqual(tally(answers), expected, 'answers')
  },
  'locks the owner out by wrong passwords': async (c) => {
    await c.register('anna')
    const { accessToken } = await c.signIn(ANNA)
    await logins(
      c,
      range(20, (nth) => [ANNA, `guess number ${nth}`, `198.51.100.${nth}`]),
    )
    expectEqual(await outcomeOf(c.app.auth.getUserFromToken(accessToken)), 'ok', 'the open session')
    c.clock.advance({ minutes: 16 })
    await c.signIn(ANNA)
  },
  'locks the owner out by asking for resets': async (c) => {
    await c.register('anna')
    for (let nth = 0; nth < 5; nth += 1) await outcomeOf(c.from().password.requestReset(ANNA))
    await c.app.password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
    await c.signIn(ANNA, NEXT_PASSWORD)
  },
})

/** Attacks by guessing: codes and passwords. */
export const guessing: readonly AttackCase[] = [...CODES, ...PASSWORDS]
