import { guessingBound, type AuthError, type ConfigOptions, type Random } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { seededRandom } from '@mindmesh/auth/testing'
import { expect, test } from 'vitest'
import { parseConfig } from '../packages/core/src/config.ts'
import { authErrorOf, outcomeOf } from './support/code-of.ts'
import { ANNA, PASSWORD, SECRETS, testInstance, type TestInstance } from './support/instance.ts'
import { interruptedStore } from './support/wrapped-store.ts'
import { wrongCode } from './support/wrong-code.ts'

/** So few that a simulation meets a right guess; the library makes 10⁶ different ones. */
const CODES = 200

/** More guesses than any bound here: past it a limit is missing. */
const ENOUGH = 200

/** A generator under which every code is one of {@link CODES}, each as likely. */
function fewCodes(seed: string): Random {
  const random = seededRandom(seed)
  return {
    bytes(length) {
      if (length !== 6) return random.bytes(length)
      const bytes = Buffer.alloc(6)
      // 4 000 000 000 is a multiple of CODES: none is likelier than another.
      let number = 4_000_000_000
      while (number >= 4_000_000_000) number = Buffer.from(random.bytes(4)).readUInt32BE()
      bytes.writeUIntBE(number % CODES, 0, 6)
      return bytes
    },
  }
}

/** What an attacker who knows the password got out of it. */
interface Attack {
  /** When each wrong code was compared, in seconds. */
  readonly comparedAt: readonly number[]
  readonly mostOfOneCode: number
  readonly isIn: boolean
}

/** What a call was refused with, or `null`. */
async function refusalOf(call: Promise<unknown>): Promise<AuthError | null> {
  return (await outcomeOf(call)) === 'ok' ? null : authErrorOf(call)
}

/**
 * Guesses as fast as the limits allow, each time from another address: all tries of a code, then the next code, until
 * nothing opens any more but a reset.
 */
async function attack(t: TestInstance): Promise<Attack> {
  const comparedAt: number[] = []
  let ofCode = 0
  let mostOfOneCode = 0
  while (comparedAt.length <= ENOUGH) {
    const place = comparedAt.length.toString(16)
    const { auth } = t.mindmesh.withContext({ ipAddress: `2001:db8:${place}::1` })
    const code = String(ofCode).padStart(6, '0')
    const refusal = await refusalOf(auth.verifyOtp(ANNA, code, 'login'))
    if (refusal === null) return { comparedAt, mostOfOneCode, isIn: true }
    if (refusal.code === 'password_reset_required')
      return { comparedAt, mostOfOneCode, isIn: false }
    if (refusal.attemptsLeft !== null) {
      comparedAt.push(t.clock.now().getTime() / 1000)
      ofCode += 1
      mostOfOneCode = Math.max(mostOfOneCode, ofCode)
      continue
    }
    if (refusal.code === 'rate_limited') wait(t, refusal)
    const unsent = await refusalOf(auth.login(ANNA, PASSWORD))
    if (unsent === null) ofCode = 0
    else wait(t, unsent)
  }
  throw new Error('The guesses have no end.')
}

function wait(t: TestInstance, refusal: AuthError): void {
  expect(refusal).toMatchObject({ code: 'rate_limited' })
  t.clock.advance({ seconds: refusal.retryAfterSeconds ?? 0 })
}

/** The most events that lie within a day of each other. */
function mostInOneDay(at: readonly number[]): number {
  return Math.max(0, ...at.map((end) => at.filter((a) => a <= end && a > end - 86_400).length))
}

async function victim(config: ConfigOptions, seed: string): Promise<TestInstance> {
  const t = testInstance(memoryStore(), { random: fewCodes(seed), config })
  await t.mindmesh.auth.register(ANNA, PASSWORD)
  return t
}

/**
 * A right code begins the day's window and is given back; a wrong one that is compared meanwhile keeps the window
 * open, so that it ends a second less than a day after that. Gives when the wrong one was compared, in seconds.
 */
async function openEarly(t: TestInstance, config: ConfigOptions): Promise<number> {
  const { code } = await t.startLogin('anna')
  let comparedAt = 0
  const store = interruptedStore(t.store, 'codes.consume', async () => {
    t.clock.advance({ seconds: 1 })
    comparedAt = t.clock.now().getTime() / 1000
    const wrong = await refusalOf(t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login'))
    expect(wrong?.attemptsLeft).toBeGreaterThan(0)
  })
  const { auth } = testInstance(store, { clock: t.clock, config }).mindmesh
  await auth.verifyOtp(ANNA, code, 'login')
  return comparedAt
}

test('guessing: an attacker with any number of addresses is told no more wrong codes than the bound', async () => {
  const limits = { codeFailuresPerPassword: { limit: 43 }, codeFailuresPerDay: { limit: 9 } }
  const config = { limits, otpAttempts: 4 }
  const bound = guessingBound(parseConfig({ ...SECRETS, ...config }, {}))
  // Whoever finds the code ends the attack early: one who does not shows how many there are.
  for (let seed = 0; ; seed += 1) {
    const t = await victim(config, `bound ${seed}`)
    const first = await openEarly(t, config)
    t.clock.advance({ hours: 23, minutes: 30 })
    const { mostOfOneCode, isIn, ...later } = await attack(t)
    if (isIn) continue
    const comparedAt = [first, ...later.comparedAt]
    expect(comparedAt).toHaveLength(bound.perPassword.guesses)
    expect(mostOfOneCode).toBe(bound.perCode.guesses)
    expect(mostInOneDay(comparedAt)).toBe(bound.perDay.guesses)
    return
  }
})

test('guessing: as many attackers get in as the bound says', async () => {
  const limits = { codeFailuresPerPassword: { limit: 20 } }
  const config = { limits, otpAttempts: 3 }
  const { perCode, perPassword } = guessingBound(parseConfig({ ...SECRETS, ...config }, {}))
  // The same formula for fewer codes.
  const miss = (tries: number): number => 1 - tries / CODES
  const codes = Math.floor(perPassword.guesses / perCode.guesses)
  const chance = 1 - miss(perCode.guesses) ** codes * miss(perPassword.guesses % perCode.guesses)
  const attackers = 1000
  let successes = 0
  for (let n = 0; n < attackers; n += 1) {
    const t = await victim(config, `attacker ${n}`)
    successes += (await attack(t)).isIn ? 1 : 0
  }
  const spread = Math.sqrt(attackers * chance * (1 - chance))
  expect(Math.abs(successes - attackers * chance)).toBeLessThan(4 * spread)
})
