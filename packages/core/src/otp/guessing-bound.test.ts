import { expect, test } from 'vitest'
import { parseConfig, type ConfigOptions } from '../config.ts'
import { guessingBound, type GuessingBound } from './guessing-bound.ts'

const HUNDRED_YEARS = 3_155_760_000
const SECRETS = { jwtSecret: 'j'.repeat(32), refreshSecret: 'r'.repeat(32) }

function boundOf(options: ConfigOptions = {}): GuessingBound {
  const given = { ...SECRETS, dangerouslyAllowGuessableCodes: true, ...options }
  return guessingBound(parseConfig(given, {}))
}

test('guessing bound: the defaults stay within one in ten thousand', () => {
  const { perCode, perDay, perPassword } = boundOf()
  expect(perCode).toEqual({ guesses: 5, chance: expect.closeTo(5e-6, 12) })
  // Ten of a window that is open when the day begins, and ten of the next.
  expect(perDay).toEqual({ guesses: 20, chance: expect.closeTo(2e-5, 9) })
  expect(perPassword).toEqual({ guesses: 100, chance: expect.closeTo(1e-4, 8) })
  expect(perPassword.chance).toBeLessThanOrEqual(1 / 10_000)
})

test.each<[string, ConfigOptions, readonly [number, number, number]]>([
  ['fewer tries of a code', { otpAttempts: 1 }, [1, 20, 100]],
  [
    'a limit of the day below the tries of a code',
    { otpAttempts: 10, limits: { codeFailuresPerDay: { limit: 2 } } },
    [4, 4, 100],
  ],
  [
    'a window of the day that is shorter than a code lives',
    {
      otpAttempts: 10,
      otpExpiryMinutes: 10,
      limits: { codeFailuresPerDay: { limit: 1, windowSeconds: 240 } },
    },
    [4, 100, 100],
  ],
  [
    'a window of the password that ends within its life',
    { limits: { codeFailuresPerPassword: { windowSeconds: HUNDRED_YEARS / 4 } } },
    [5, 20, 400],
  ],
  [
    'a window of the password that ends just before its life does',
    { limits: { codeFailuresPerPassword: { windowSeconds: HUNDRED_YEARS - 1 } } },
    [5, 20, 200],
  ],
  [
    'no limit of the password worth the name',
    { limits: { codeFailuresPerPassword: { limit: 1_000_000 } } },
    [5, 20, 365_250],
  ],
  [
    'few codes sent, and no limit on failures worth the name',
    {
      limits: {
        otpSend: { limit: 1, windowSeconds: HUNDRED_YEARS },
        codeFailuresPerDay: { limit: 1_000_000 },
        codeFailuresPerPassword: { limit: 1_000_000 },
      },
    },
    [5, 15, 15],
  ],
  [
    'a limit of the password that is less than that of a day',
    { limits: { codeFailuresPerPassword: { limit: 3 } } },
    [3, 3, 3],
  ],
])('guessing bound: %s counts', (_, options, [code, day, password]) => {
  const { perCode, perDay, perPassword } = boundOf(options)
  expect([perCode.guesses, perDay.guesses, perPassword.guesses]).toEqual([code, day, password])
})

test('guessing bound: the chance is that of all guesses missing, code by code', () => {
  const limits = { codeFailuresPerPassword: { limit: 365_000 } }
  for (const otpAttempts of [1, 3, 10]) {
    const { perPassword } = boundOf({ otpAttempts, limits })
    let allMiss = 1
    for (let left = perPassword.guesses; left > 0; left -= otpAttempts) {
      allMiss *= 1 - Math.min(left, otpAttempts) / 1e6
    }
    expect(perPassword.chance).toBeCloseTo(1 - allMiss, 9)
    expect(perPassword.chance).toBeLessThan(perPassword.guesses / 1e6)
  }
})

/** The message of each problem, by field. */
function problemsOf(options: ConfigOptions): Readonly<Record<string, string>> {
  try {
    parseConfig({ ...SECRETS, ...options }, {})
    return {}
  } catch (error) {
    const { problems } = error as { problems: { field: string; message: string }[] }
    return Object.fromEntries(problems.map(({ field, message }) => [field, message]))
  }
}

test('guessing bound: a configuration above it does not start, and is told what to lower', () => {
  const limits = { codeFailuresPerPassword: { limit: 101 } }
  expect(problemsOf({ limits })).toEqual({
    'config.limits.codeFailuresPerPassword':
      'lets 101 wrong codes be tried in a hundred years of one password, of which one is right with a chance of ' +
      '1 in 9901; at most 1 in 10000 is accepted: lower its limit to 100 and leave out its windowSeconds, or set ' +
      'config.dangerouslyAllowGuessableCodes',
  })
  const monthly = { codeFailuresPerPassword: { windowSeconds: 2_592_000 } }
  expect(problemsOf({ limits: monthly })).toHaveProperty(['config.limits.codeFailuresPerPassword'])
})

test.each<[string, ConfigOptions]>([
  ['the limit at the bound', { limits: { codeFailuresPerPassword: { limit: 100 } } }],
  [
    'a short window with few failures in each',
    { limits: { codeFailuresPerPassword: { limit: 1, windowSeconds: HUNDRED_YEARS / 100 } } },
  ],
  [
    'the word for it',
    {
      dangerouslyAllowGuessableCodes: true,
      limits: { codeFailuresPerPassword: { limit: 1_000_000 } },
    },
  ],
  [
    'no second step, so no code',
    { dangerouslyDisableLoginOtp: true, limits: { codeFailuresPerPassword: { limit: 1_000_000 } } },
  ],
])('guessing bound: starts with %s', (_, options) => {
  expect(problemsOf(options)).toEqual({})
})
