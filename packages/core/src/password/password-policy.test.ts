import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { AuthError } from '../errors.ts'
import type { Context } from '../context.ts'
import type { BreachCorpus } from '../ports/services.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'
import { assertAcceptablePassword } from './password-policy.ts'

const warned: string[] = []
const note = (message: string): void => void warned.push(message)

/** The reason for which a password is refused, or `null`. */
async function reasonFor(
  password: string,
  options: { readonly minLength?: number; readonly breachCorpus?: BreachCorpus } = {},
): Promise<string | null> {
  const context = {
    config: {
      appName: 'Sternwarte',
      passwordContextWords: ['Teleskop', 'ab'],
      passwordMinLength: options.minLength ?? 8,
    },
    breachCorpus: options.breachCorpus ?? null,
    logger: { info: note, warn: note, error: note },
  } as unknown as Context
  const input = { password, email: 'anna.muster@example.com', field: 'next' }
  try {
    await assertAcceptablePassword(context, input)
    return null
  } catch (error) {
    if (!(error instanceof AuthError) || error.field !== 'next') throw error
    return error.reason
  }
}

afterEach(() => {
  vi.useRealTimers()
  warned.length = 0
})

describe('password policy', () => {
  test.each([
    ['short1!', 'too_short'],
    ['😀😀😀😀😀😀😀', 'too_short'],
    ['😀😀😀😀😀😀😀😁', null],
    ['anna.muster@example.com', 'contains_known_word'],
    ['Anna.Muster1', 'contains_known_word'],
    ['anna.muster and something else', null],
    ['sternwarte', 'contains_known_word'],
    ['STERNWARTEsternwarte99', 'contains_known_word'],
    ['teleskop7', 'contains_known_word'],
    ['ab123ab123', null],
    ['password', 'too_common'],
    ['PASSWORD123', 'too_common'],
    ['12345678', 'too_common'],
    ['iloveyou 12345678', null],
    ['a b c d e f g h', null],
    ['nothing but lower case', null],
  ])('%s: %s', async (password, reason) => {
    expect(await reasonFor(password)).toBe(reason)
    expect(warned).toEqual([])
  })

  test('a longer least length is asked for where it is configured', async () => {
    expect(await reasonFor('fourteen chars', { minLength: 15 })).toBe('too_short')
    expect(await reasonFor('fifteen letters', { minLength: 15 })).toBeNull()
  })

  test('at least ten thousand common passwords are known, each of eight characters or more', () => {
    const words = COMMON_PASSWORDS.split(' ')
    expect(new Set(words).size).toBeGreaterThanOrEqual(10_000)
    expect(words.every((word) => word.length >= 8 && word === word.toLowerCase())).toBe(true)
  })
})

describe('breach corpus', () => {
  const PASSWORD = 'correct horse battery'
  const digest = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase()

  test('is asked by the first five digits of the hash, and answers in either case', async () => {
    const asked: string[] = []
    const corpus = (suffix: string): BreachCorpus => ({
      suffixes: async (prefix) => {
        asked.push(prefix)
        return ['0'.repeat(35), suffix]
      },
    })
    expect(await reasonFor(PASSWORD, { breachCorpus: corpus(digest.slice(5)) })).toBe('breached')
    const lower = corpus(digest.slice(5).toLowerCase())
    expect(await reasonFor(PASSWORD, { breachCorpus: lower })).toBe('breached')
    expect(await reasonFor(PASSWORD, { breachCorpus: corpus('F'.repeat(35)) })).toBeNull()
    expect(new Set(asked)).toEqual(new Set([digest.slice(0, 5)]))
    expect(warned).toEqual([])
  })

  test('is not asked about what is refused anyway', async () => {
    const suffixes = vi.fn<BreachCorpus['suffixes']>(async () => [])
    await reasonFor('password1', { breachCorpus: { suffixes } })
    await reasonFor('short', { breachCorpus: { suffixes } })
    expect(suffixes).not.toHaveBeenCalled()
  })

  test('keeps nobody out where it fails, or takes longer than two seconds', async () => {
    const down = { suffixes: async () => Promise.reject(new Error('down')) }
    expect(await reasonFor(PASSWORD, { breachCorpus: down })).toBeNull()
    vi.useFakeTimers()
    const slow = reasonFor(PASSWORD, {
      breachCorpus: { suffixes: async () => new Promise(() => undefined) },
    })
    await vi.advanceTimersByTimeAsync(2000)
    expect(await slow).toBeNull()
    expect(warned).toHaveLength(2)
    expect(warned.join()).not.toContain(PASSWORD)
  })
})
