import type { Config } from '../config.ts'
import { CODE_DIGITS } from './code-digits.ts'

/** The part of a configuration on which it depends how often a code can be guessed. */
export interface GuessingLimits extends Pick<Config, 'otpAttempts' | 'otpExpiryMinutes'> {
  readonly limits: Pick<
    Config['limits'],
    'otpSend' | 'codeFailuresPerDay' | 'codeFailuresPerPassword'
  >
}

/** What somebody who knows a password, and nothing of the mail, can reach against the code of the second step. */
export interface GuessingBound {
  /** Against one code. */
  readonly perCode: Guesses
  /** In any 24 hours. */
  readonly perDay: Guesses
  /** From the setting of a password on; no password is thought to be older than a hundred years. */
  readonly perPassword: Guesses
}

/** How many wrong codes are compared at the most, and the chance that one of as many guesses is right. */
export interface Guesses {
  readonly guesses: number
  /** Between 0 and 1. */
  readonly chance: number
}

type Limit = GuessingLimits['limits']['otpSend']

/** A hundred years: as long as the longest window of a limit. */
const LIFE_SECONDS = 3_155_760_000
const DAY_SECONDS = 86_400

/**
 * The chance that a sign-in code of an account is guessed, however many addresses the attacker has: nothing that is
 * counted here depends on where a guess comes from. A pure function of the configuration.
 *
 * How many guesses there are is the least of three counts:
 * - wrong codes of the account, counted before they are compared: `codeFailuresPerDay`, and
 * - `codeFailuresPerPassword`. A limit of L in windows of W seconds lets through L in each window, and a window begins
 *   with its first hit, be it that of a right code, which is given back. In T seconds there begin at most ⌈T / W⌉
 *   windows, and one may be open when they begin; not in a password's life, since the counters are named after the password's version: a new password has new ones.
 * - tries of the codes that are sent: each has `otpAttempts`, sending again gives back none, and `otpSend` bounds the
 *   codes in the same way; one more may be open when the time begins.
 *
 * How likely one of g guesses is right: of the n = 10⁶ codes each is equally likely, and a new one tells nothing of
 * the one before. a different guesses at one code hit it with a / n; at another code they begin anew. Guesses at the
 * same code exclude one another, so g guesses are best spent on as few codes as possible:
 * 1 − (1 − a / n)^⌊g / a⌋ · (1 − (g mod a) / n), which is below g / n.
 *
 * It is assumed that codes are random, that the clock is not set back, and that the refresh secret stays: the counters
 * are named under the newest one, so each rotation of it begins them anew.
 */
export function guessingBound(config: GuessingLimits): GuessingBound {
  const { otpSend, codeFailuresPerDay, codeFailuresPerPassword } = config.limits
  const tries = config.otpAttempts
  const sent = (seconds: number): number => (hitsIn(otpSend, seconds) + 1) * tries
  const life = Math.min(
    codeFailuresPerDay.limit * windowsBegunIn(codeFailuresPerDay, LIFE_SECONDS),
    codeFailuresPerPassword.limit * windowsBegunIn(codeFailuresPerPassword, LIFE_SECONDS),
    sent(LIFE_SECONDS),
  )
  const within = (seconds: number): number =>
    Math.min(
      hitsIn(codeFailuresPerDay, seconds),
      hitsIn(codeFailuresPerPassword, seconds),
      sent(seconds),
      life,
    )
  const ofCode = Math.min(tries, within(config.otpExpiryMinutes * 60))
  const of = (guesses: number): Guesses => ({ guesses, chance: chanceOf(guesses, ofCode) })
  return { perCode: of(ofCode), perDay: of(within(DAY_SECONDS)), perPassword: of(life) }
}

function windowsBegunIn({ windowSeconds }: Limit, seconds: number): number {
  return Math.ceil(seconds / windowSeconds)
}

function hitsIn(limit: Limit, seconds: number): number {
  return limit.limit * (windowsBegunIn(limit, seconds) + 1)
}

function chanceOf(guesses: number, triesOfCode: number): number {
  const codes = Math.floor(guesses / triesOfCode)
  return -Math.expm1(codes * logOfMiss(triesOfCode) + logOfMiss(guesses % triesOfCode))
}

/** A logarithm, since a number so close to one would lose the digits that matter as a power. */
function logOfMiss(tries: number): number {
  return Math.log1p(-tries / 10 ** CODE_DIGITS)
}
