import { AuthError, type MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { fastHasher } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { authErrorOf, codeOf, outcomeOf, tally } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import {
  ANNA,
  NEXT_PASSWORD,
  PASSWORD,
  testInstance,
  type TestInstance,
} from '../support/instance.ts'
import { atOnce, inTurn } from '../support/times.ts'
import { wrappedStore } from '../support/wrapped-store.ts'
import { wrongCode } from '../support/wrong-code.ts'

/** Tries a code that is not the one that was sent. */
async function guess(t: TestInstance, code: string): Promise<string> {
  return outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login'))
}

/** Starts a sign-in and spends every try of its code, one after the other or all at once. */
async function spendCode(t: TestInstance, how = inTurn): Promise<readonly string[]> {
  const { code } = await t.startLogin('anna')
  return how(5, async () => guess(t, code))
}

const FIVE_WRONG = Array.from({ length: 5 }, () => 'otp_invalid')

/** An instance on the same store that counts the hashes that it makes and verifies. */
function countingHashes(t: TestInstance): TestInstance & { readonly hashes: () => number } {
  let hashes = 0
  const hasher = fastHasher()
  const counting = testInstance(t.store, {
    clock: t.clock,
    passwordHasher: {
      ...hasher,
      hash: async (password) => {
        hashes += 1
        return hasher.hash(password)
      },
      verify: async (hash, password) => {
        hashes += 1
        return hasher.verify(hash, password)
      },
    },
  })
  return { ...counting, hashes: () => hashes }
}

/** The limits on codes that are sent. */
export function sendLimits(test: FlowTest): void {
  const senders: readonly [string, (mindmesh: MindmeshAuth) => Promise<unknown>][] = [
    ['login', async ({ auth }) => auth.login(ANNA, PASSWORD)],
    ['otp.send for email_verify', async ({ otp }) => otp.send(ANNA, 'email_verify')],
    ['otp.send for a purpose of the app', async ({ otp }) => otp.send(ANNA, 'checkout')],
  ]
  test.for(senders)(
    'otp send: the 3rd by %s within ten minutes goes, the 4th is told the seconds to wait',
    async ([, send], { t }) => {
      await t.register('anna')
      await inTurn(3, async () => {
        await send(t.mindmesh)
        t.clock.advance({ minutes: 1 })
      })
      await t.mindmesh.mail.deliverDue()
      const sent = t.mailer.sent.length
      expect(sent).toBe(3)
      const error = await authErrorOf(send(t.mindmesh))
      expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterSeconds: 7 * 60 })
      t.clock.advance({ seconds: 7 * 60 - 1 })
      expect(await authErrorOf(send(t.mindmesh))).toMatchObject({ retryAfterSeconds: 1 })
      await t.mindmesh.mail.deliverDue()
      expect(t.mailer.sent).toHaveLength(sent)
      t.clock.advance({ seconds: 1 })
      expect(await outcomeOf(send(t.mindmesh))).toBe('ok')
    },
  )

  test('otp send: of eight at once three go', async ({ t }) => {
    const answers = await atOnce(8, async () => outcomeOf(t.mindmesh.otp.send(ANNA, 'checkout')))
    expect(tally(answers)).toEqual({ ok: 3, rate_limited: 5 })
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toHaveLength(3)
  })

  test('otp send: addresses and purposes are counted apart', async ({ t }) => {
    await inTurn(3, async () => t.mindmesh.otp.send(ANNA, 'checkout'))
    expect(await codeOf(t.mindmesh.otp.send(ANNA, 'checkout'))).toBe('rate_limited')
    expect(await outcomeOf(t.mindmesh.otp.send(ANNA, 'newsletter'))).toBe('ok')
    expect(await outcomeOf(t.mindmesh.otp.send('berta@example.com', 'checkout'))).toBe('ok')
  })

  test('e-mail change: three links in ten minutes to one new address', async ({ t }) => {
    const { id } = await t.register('anna')
    const ask = async (to: string): Promise<string> =>
      outcomeOf(t.mindmesh.user.requestEmailChange(id, to))
    expect(tally(await inTurn(4, async () => ask('new@example.com')))).toEqual({
      ok: 3,
      rate_limited: 1,
    })
    expect(await ask('other@example.com')).toBe('ok')
  })

  test('password reset: three an hour for an address, known or not', async ({ t }) => {
    await t.register('anna')
    for (const email of [ANNA, 'nobody@example.com']) {
      await inTurn(3, async () => t.mindmesh.password.requestReset(email))
      const error = await authErrorOf(t.mindmesh.password.requestReset(email))
      expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterSeconds: 3600 })
    }
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toHaveLength(3)
    t.clock.advance({ seconds: 3599 })
    expect(await codeOf(t.mindmesh.password.requestReset(ANNA))).toBe('rate_limited')
    t.clock.advance({ seconds: 1 })
    expect(await outcomeOf(t.mindmesh.password.requestReset(ANNA))).toBe('ok')
  })

  test('register: the owner of a taken address gets at most three mails an hour', async ({ t }) => {
    await t.register('anna')
    const answers = await inTurn(5, async () => outcomeOf(t.mindmesh.auth.register(ANNA, PASSWORD)))
    expect(tally(answers)).toEqual({ email_taken: 5 })
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toHaveLength(3)
    expect(tally(await t.eventTypes())).toMatchObject({ REGISTRATION_FAILED: 5 })
    t.clock.advance({ hours: 1 })
    await codeOf(t.mindmesh.auth.register(ANNA, PASSWORD))
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toHaveLength(4)
  })
}

/** The limits on codes that are tried. */
export function codeLimits(test: FlowTest): void {
  test('otp verify: five wrong codes kill the code', async ({ t }) => {
    await t.register('anna')
    const { code, challengeId } = await t.startLogin('anna')
    for (let left = 4; left >= 0; left -= 1) {
      const wrong = t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login', { challengeId })
      expect(await authErrorOf(wrong)).toMatchObject({ code: 'otp_invalid', attemptsLeft: left })
    }
    const right = t.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
    expect(await codeOf(right)).toBe('otp_expired')
  })

  test('otp verify: sending again gives back no tries', async ({ t }) => {
    await t.register('anna')
    const first = await t.startLogin('anna')
    await inTurn(3, async () => guess(t, first.code))
    const second = await t.startLogin('anna')
    const old = t.mindmesh.auth.verifyOtp(ANNA, second.code, 'login', first)
    expect(await codeOf(old)).toBe('otp_invalid')
    const wrong = t.mindmesh.auth.verifyOtp(ANNA, wrongCode(second.code), 'login')
    expect(await authErrorOf(wrong)).toMatchObject({ attemptsLeft: 1 })
    const third = await t.startLogin('anna')
    const last = t.mindmesh.auth.verifyOtp(ANNA, wrongCode(third.code), 'login')
    expect(await authErrorOf(last)).toMatchObject({ attemptsLeft: 0 })
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, third.code, 'login'))).toBe('otp_expired')
  })

  test('otp verify: a new code after an expired one has all its tries', async ({ t }) => {
    await t.register('anna')
    const first = await t.startLogin('anna')
    await inTurn(4, async () => guess(t, first.code))
    t.clock.advance({ minutes: 5 })
    const second = await t.startLogin('anna')
    const wrong = t.mindmesh.auth.verifyOtp(ANNA, wrongCode(second.code), 'login')
    expect(await authErrorOf(wrong)).toMatchObject({ attemptsLeft: 4 })
  })

  test.for([0, 2, 4])(
    'otp verify: a right code, %i-th among wrong ones at once, wins while tries are left',
    async (place, { t }) => {
      await t.register('anna')
      const { code } = await t.startLogin('anna')
      const answers = await atOnce(5, async (n) =>
        outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, n === place ? code : wrongCode(code), 'login')),
      )
      expect(answers[place]).toBe('ok')
    },
  )

  test('otp verify: of twenty wrong codes at once five are compared, and only those count', async ({
    t,
  }) => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    const answers = tally(await atOnce(20, async () => guess(t, code)))
    expect(answers).toMatchObject({ otp_invalid: 5 })
    expect(tally(await t.eventTypes())).toMatchObject({ OTP_FAILED: 5 })
    expect(await spendCode(t)).toEqual(FIVE_WRONG)
    const third = await t.startLogin('anna')
    expect(await guess(t, third.code)).toBe('rate_limited')
  })

  test('otp verify: ten failures in a day pause the codes; the owner gets in again after it', async ({
    t,
  }) => {
    await t.register('anna')
    expect(await spendCode(t)).toEqual(FIVE_WRONG)
    t.clock.advance({ hours: 1 })
    expect(await spendCode(t)).toEqual(FIVE_WRONG)
    const { code } = await t.startLogin('anna')
    const paused = await authErrorOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))
    expect(paused).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 23 * 3600 })
    t.clock.advance({ minutes: 5 })
    // To wait would not help with a code that is over.
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_expired')
    t.clock.advance({ minutes: -5, seconds: 23 * 3600 - 1 })
    const later = await t.startLogin('anna')
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, later.code, 'login'))).toBe(
      'rate_limited',
    )
    t.clock.advance({ seconds: 1 })
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, later.code, 'login'))).toBe('ok')
  })

  test('otp verify: after 99 failures the owner gets in, the 100th asks for a reset, which clears them', async ({
    t,
  }) => {
    await t.register('anna')
    const failNineTimes = async (): Promise<void> => {
      expect(await spendCode(t, atOnce)).toEqual(FIVE_WRONG)
      const { code } = await t.startLogin('anna')
      await atOnce(4, async () => guess(t, code))
      expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('ok')
    }
    await inTurn(11, async () => {
      await failNineTimes()
      t.clock.advance({ hours: 24 })
    })
    const { code } = await t.startLogin('anna')
    expect(await guess(t, code)).toBe('otp_invalid')
    const refused = await authErrorOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))
    expect(refused).toMatchObject({ code: 'password_reset_required', retryAfterSeconds: null })
    t.clock.advance({ hours: 24 * 400 })
    const later = await t.startLogin('anna')
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, later.code, 'login'))).toBe(
      'password_reset_required',
    )
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
    await failNineTimes()
  })

  test('otp verify: a new password clears the failures of the day', async ({ t }) => {
    const { id } = await t.register('anna')
    await inTurn(2, async () => spendCode(t))
    await t.mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD)
    t.clock.advance({ minutes: 10 })
    await t.mindmesh.auth.login(ANNA, NEXT_PASSWORD)
    const code = await t.newestCode(ANNA)
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('ok')
  })

  test('otp verify: tries without an open code, or with another attempt’s, count nothing', async ({
    t,
  }) => {
    await t.register('anna')
    const stranger = await t.startLogin('anna')
    const { code, challengeId } = await t.startLogin('anna')
    const answers = await inTurn(20, async () =>
      outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login', stranger)),
    )
    expect(tally(answers)).toEqual({ otp_invalid: 20 })
    const wrong = t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login', { challengeId })
    expect(await authErrorOf(wrong)).toMatchObject({ attemptsLeft: 4 })
    await t.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
    expect(tally(await inTurn(20, async () => guess(t, code)))).toEqual({ otp_invalid: 20 })
    expect(tally(await t.eventTypes())).toMatchObject({ OTP_FAILED: 1 })
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('otp verify: codes of the app’s purposes have five tries and ten failures a day', async ({
    t,
  }) => {
    const verify = async (code: string, purpose = 'checkout'): Promise<boolean> =>
      t.mindmesh.otp.verify(ANNA, code, purpose)
    const spend = async (): Promise<string> => {
      await t.mindmesh.otp.send(ANNA, 'checkout')
      const code = await t.newestCode(ANNA)
      expect(await inTurn(5, async () => verify(wrongCode(code)))).toEqual(Array(5).fill(false))
      return code
    }
    expect(await verify(await spend())).toBe(false)
    await spend()
    await t.mindmesh.otp.send(ANNA, 'checkout')
    expect(await codeOf(verify(await t.newestCode(ANNA)))).toBe('rate_limited')
    await t.mindmesh.otp.send(ANNA, 'newsletter')
    expect(await verify(await t.newestCode(ANNA), 'newsletter')).toBe(true)
    t.clock.advance({ hours: 24 })
    await t.mindmesh.otp.send(ANNA, 'checkout')
    expect(await verify(await t.newestCode(ANNA))).toBe(true)
  })
}

/** What counts as one place, and the addresses of requests from it. */
const ORIGINS: readonly [string, (n: number) => string][] = [
  ['an IPv4 address', () => '192.0.2.1'],
  ['an IPv6 network of 64 bits', (n) => `2001:db8:0:1::${n + 1}`],
  ['an IPv4 address in either spelling', (n) => (n % 2 ? '::ffff:192.0.2.1' : '192.0.2.1')],
]

/** The limit on accounts that are asked for. */
export function registrationLimits(test: FlowTest): void {
  test.for(ORIGINS)(
    'register: the 11th from %s within an hour is refused without a hash and without a mail',
    async ([, addressOf], { t }) => {
      await t.register('anna')
      const counting = countingHashes(t)
      const register = async (email: string, n: number, ipAddress = addressOf(n)) =>
        outcomeOf(counting.mindmesh.withContext({ ipAddress }).auth.register(email, PASSWORD))
      const taken = await inTurn(5, async (n) => register(ANNA, n))
      const free = await inTurn(5, async (n) => register(`p${n}@example.com`, n))
      expect([tally(taken), tally(free)]).toEqual([{ email_taken: 5 }, { ok: 5 }])
      t.clock.advance({ minutes: 20 })
      expect([await register(ANNA, 10), await register('new@example.com', 11)]).toEqual([
        'rate_limited',
        'rate_limited',
      ])
      expect(counting.hashes()).toBe(10)
      expect(await t.mindmesh.user.getByEmail('new@example.com')).toBeNull()
      expect(await register('other@example.com', 0, '198.51.100.7')).toBe('ok')
      expect(await register('third@example.com', 0, '2001:db8:0:2::1')).toBe('ok')
      const refused = counting.mindmesh.withContext({ ipAddress: addressOf(0) })
      expect(await authErrorOf(refused.auth.register(ANNA, PASSWORD))).toMatchObject({
        retryAfterSeconds: 2400,
      })
      t.clock.advance({ minutes: 40 })
      expect(await register('new@example.com', 12)).toBe('ok')
    },
  )

  test('register: of twelve at once from one address ten are made', async ({ t }) => {
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1' })
    const answers = await atOnce(12, async (n) =>
      outcomeOf(api.auth.register(`p${n}@example.com`, PASSWORD)),
    )
    expect(tally(answers)).toEqual({ ok: 10, rate_limited: 2 })
  })

  test('register: a try that the full queue turned away counts nothing', async ({ t }) => {
    const turnedAway = async (): Promise<never> => Promise.reject(new AuthError('busy'))
    const full = testInstance(t.store, {
      clock: t.clock,
      passwordHasher: { ...fastHasher(), hash: turnedAway },
    })
    const from = { ipAddress: '192.0.2.1' }
    const { auth } = full.mindmesh.withContext(from)
    const answers = await inTurn(12, async () => outcomeOf(auth.register(ANNA, PASSWORD)))
    expect(tally(answers)).toEqual({ busy: 12 })
    const again = t.mindmesh.withContext(from).auth.register(ANNA, PASSWORD)
    expect(await outcomeOf(again)).toBe('ok')
  })

  test('register: a password that is refused counts nothing, nor does a call from no known address', async ({
    t,
  }) => {
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.1' })
    const short = await inTurn(11, async () => codeOf(api.auth.register(ANNA, 'short')))
    expect(tally(short)).toEqual({ invalid_input: 11 })
    expect(await outcomeOf(api.auth.register(ANNA, PASSWORD))).toBe('ok')
    const unknown = await inTurn(11, async (n) =>
      outcomeOf(t.mindmesh.auth.register(`p${n}@example.com`, PASSWORD)),
    )
    expect(tally(unknown)).toEqual({ ok: 11 })
  })
}

/** The limits on passwords that are tried. */
export function passwordLimits(test: FlowTest): void {
  test.for(ORIGINS)(
    'login: the 11th from %s within 15 minutes is refused without a hash',
    async ([, addressOf], { t }) => {
      const counting = countingHashes(t)
      const login = async (n: number, ipAddress = addressOf(n)): Promise<string> =>
        outcomeOf(
          counting.mindmesh.withContext({ ipAddress }).auth.login(`p${n}@example.com`, PASSWORD),
        )
      expect(tally(await inTurn(10, login))).toEqual({ invalid_credentials: 10 })
      t.clock.advance({ minutes: 5 })
      expect(await login(10)).toBe('rate_limited')
      expect(counting.hashes()).toBe(10)
      expect(await login(11, '198.51.100.7')).toBe('invalid_credentials')
      expect(await login(12, '2001:db8:0:2::1')).toBe('invalid_credentials')
      const refused = counting.mindmesh.withContext({ ipAddress: addressOf(0) })
      expect(await authErrorOf(refused.auth.login(ANNA, PASSWORD))).toMatchObject({
        retryAfterSeconds: 600,
      })
      t.clock.advance({ minutes: 10 })
      expect(await login(13, addressOf(0))).toBe('invalid_credentials')
    },
  )

  test('login: ten failures for an account, from however many addresses, refuse the right password too', async ({
    t,
  }) => {
    await t.register('anna')
    await t.register('berta')
    const counting = countingHashes(t)
    const login = async (n: number, password = 'wrong password'): Promise<string> =>
      outcomeOf(
        counting.mindmesh.withContext({ ipAddress: `198.51.100.${n}` }).auth.login(ANNA, password),
      )
    expect(tally(await inTurn(10, login))).toEqual({ invalid_credentials: 10 })
    expect(await login(11, PASSWORD)).toBe('rate_limited')
    expect(counting.hashes()).toBe(10)
    expect(await outcomeOf(t.mindmesh.auth.login('berta@example.com', PASSWORD))).toBe('ok')
    t.clock.advance({ seconds: 15 * 60 - 1 })
    expect(await authErrorOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 1,
    })
    t.clock.advance({ seconds: 1 })
    expect(await outcomeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('ok')
  })

  test('login: of thirty guesses at once ten are compared, for an account and for an unknown address', async ({
    t,
  }) => {
    await t.register('anna')
    const counting = countingHashes(t)
    for (const email of [ANNA, 'nobody@example.com']) {
      const answers = await atOnce(30, async () =>
        outcomeOf(counting.mindmesh.auth.login(email, 'wrong password')),
      )
      expect(tally(answers)).toEqual({ invalid_credentials: 10, rate_limited: 20 })
    }
    expect(counting.hashes()).toBe(20)
  })

  test('login: right passwords use up nothing of an account', async ({ t }) => {
    await t.register('anna')
    const plain = testInstance(t.store, {
      clock: t.clock,
      config: { dangerouslyDisableLoginOtp: true },
    })
    const answers = await inTurn(15, async () =>
      outcomeOf(plain.mindmesh.auth.login(ANNA, PASSWORD)),
    )
    expect(tally(answers)).toEqual({ ok: 15 })
    const guesses = await inTurn(11, async () =>
      outcomeOf(plain.mindmesh.auth.login(ANNA, 'wrong password')),
    )
    expect(tally(guesses)).toEqual({ invalid_credentials: 10, rate_limited: 1 })
  })

  test('login: password failures and code failures are counted apart', async ({ t }) => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    await inTurn(10, async () => codeOf(t.mindmesh.auth.login(ANNA, 'wrong password')))
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('rate_limited')
    expect(await outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('ok')
    t.clock.advance({ minutes: 15 })
    await inTurn(2, async () => spendCode(t))
    expect(await outcomeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('ok')
  })

  test('login: passwords that are tried within a session count with those of login', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    const { password, session, user, auth } = t.mindmesh
    const guesses: readonly (() => Promise<unknown>)[] = [
      async () => password.change(id, 'wrong password', NEXT_PASSWORD),
      async () => session.reauthenticate(sessionId, 'wrong password'),
      async () => user.delete(id, { password: 'wrong password' }),
      async () => session.assertFresh(id, { password: 'wrong password' }),
      async () => auth.login(ANNA, 'wrong password'),
    ]
    for (const guessOne of [...guesses, ...guesses]) {
      expect(await codeOf(guessOne())).toBe('invalid_credentials')
    }
    for (const guessOne of guesses) expect(await codeOf(guessOne())).toBe('rate_limited')
    expect(await codeOf(password.change(id, PASSWORD, NEXT_PASSWORD))).toBe('rate_limited')
    t.clock.advance({ minutes: 15 })
    await session.reauthenticate(sessionId, PASSWORD)
    await inTurn(10, async () => codeOf(auth.login(ANNA, 'wrong password')))
    expect(await codeOf(auth.login(ANNA, PASSWORD))).toBe('rate_limited')
  })

  test('login: a try that the full queue turned away counts nothing, against an account or an address', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const turnedAway = async (): Promise<never> => Promise.reject(new AuthError('busy'))
    const full = testInstance(t.store, {
      clock: t.clock,
      passwordHasher: { ...fastHasher(), verify: turnedAway },
    })
    const from = { ipAddress: '192.0.2.1' }
    const { auth } = full.mindmesh.withContext(from)
    expect(tally(await inTurn(12, async () => outcomeOf(auth.login(ANNA, PASSWORD))))).toEqual({
      busy: 12,
    })
    const again = async (): Promise<string> =>
      outcomeOf(full.mindmesh.session.assertFresh(id, { password: PASSWORD }))
    expect(tally(await inTurn(12, again))).toEqual({ busy: 12 })
    expect(await t.mindmesh.withContext(from).auth.login(ANNA, PASSWORD)).toMatchObject({
      otpRequired: true,
    })
    expect(await t.eventTypes(id)).not.toContain('LOGIN_FAILED')
  })

  test('login: right passwords within a session use up nothing of an account', async ({ t }) => {
    const { id } = await t.register('anna')
    const { session } = t.mindmesh
    const proof = { password: PASSWORD }
    const answers = await inTurn(15, async () => outcomeOf(session.assertFresh(id, proof)))
    expect(tally(answers)).toEqual({ ok: 15 })
  })

  test('login: a password is worked out within a session too where the account has none', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const withoutHash = wrappedStore(t.store, async ({ name, proceed }) => {
      const found = await proceed()
      return name === 'users.findCredentials' ? { ...Object(found), passwordHash: null } : found
    })
    const counting = countingHashes({ ...t, store: withoutHash })
    const { session } = counting.mindmesh
    expect(await codeOf(session.assertFresh(id, { password: PASSWORD }))).toBe(
      'invalid_credentials',
    )
    expect(counting.hashes()).toBe(1)
  })

  test('limits: the app’s own figures count', async ({ t }) => {
    const strict = testInstance(t.store, {
      clock: t.clock,
      config: { limits: { otpSend: { limit: 1, windowSeconds: 30 } }, otpAttempts: 1 },
    })
    await strict.register('anna')
    const { code } = await strict.startLogin('anna')
    expect(await authErrorOf(strict.mindmesh.auth.login(ANNA, PASSWORD))).toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 30,
    })
    expect(await guess(strict, code)).toBe('otp_invalid')
    expect(await codeOf(strict.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_expired')
  })

  test('limits: a store of their own counts in the adapter’s place', async ({ t }) => {
    const { rateLimits } = memoryStore()
    const apart = testInstance(t.store, { clock: t.clock, rateLimits })
    await inTurn(3, async () => apart.mindmesh.otp.send(ANNA, 'checkout'))
    expect(await codeOf(apart.mindmesh.otp.send(ANNA, 'checkout'))).toBe('rate_limited')
    expect(await outcomeOf(t.mindmesh.otp.send(ANNA, 'checkout'))).toBe('ok')
  })
}
