import type { Config } from '../config.ts'
import type { ConfigProblem } from '../errors.ts'
import { guessingBound } from './guessing-bound.ts'

/** NIST SP 800-63B-4 §3.2.2: 100 failures at six digits. */
const HIGHEST_CHANCE = 1 / 10_000

/** What is wrong with limits under which a sign-in code is guessed with a chance above one in ten thousand. */
export function guessingProblems(
  config: Omit<Config, 'passwordMinLength'>,
): readonly ConfigProblem[] {
  // Without the second step there is no code to guess.
  if (config.dangerouslyAllowGuessableCodes || config.dangerouslyDisableLoginOtp) return []
  const { guesses, chance } = guessingBound(config).perPassword
  if (chance <= HIGHEST_CHANCE) return []
  return [
    {
      field: 'config.limits.codeFailuresPerPassword',
      message:
        `lets ${guesses} wrong codes be tried in a hundred years of one password, of which one is right ` +
        `with a chance of 1 in ${Math.floor(1 / chance)}; at most 1 in 10000 is accepted: lower its limit to 100 ` +
        'and leave out its windowSeconds, or set config.dangerouslyAllowGuessableCodes',
    },
  ]
}
