import { expect, test } from 'vitest'
import type { Random } from '../ports/services.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { randomDigits, randomToken, systemRandom } from './random.ts'

/** Gives these numbers of 48 bits, one after the other. */
function numbers(...values: readonly number[]): Random {
  const left = [...values]
  return {
    bytes(length) {
      const bytes = Buffer.alloc(length)
      bytes.writeUIntBE(left.shift() ?? 0, 0, 6)
      return bytes
    },
  }
}

test('random digits: a number past the last whole multiple is thrown away, not folded', () => {
  const limit = Math.floor(2 ** 48 / 1_000_000) * 1_000_000
  expect(randomDigits(numbers(limit - 1), 6)).toBe('999999')
  expect(randomDigits(numbers(limit, 2 ** 48 - 1, 7), 6)).toBe('000007')
})

test('random digits: every digit of every place is equally likely', () => {
  const random = seededRandom('digits')
  const rounds = 50_000
  const counts = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => 0))
  for (let round = 0; round < rounds; round += 1) {
    const code = randomDigits(random, 6)
    expect(code.length).toBe(6)
    for (const [place, digit] of Array.from(code).entries()) {
      const row = counts[place] ?? []
      row[Number(digit)] = (row[Number(digit)] ?? 0) + 1
    }
  }
  const expected = rounds / 10
  for (const row of counts) {
    const chiSquare = row.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // Nine degrees of freedom: once in a thousand by chance, and the seed is fixed.
    expect(chiSquare).toBeLessThan(27.88)
  }
})

test('random token: is 256 bits in 43 characters that need no escaping', () => {
  const token = randomToken({ bytes: (length) => Buffer.alloc(length, 0xff) })
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(Buffer.from(token, 'base64url')).toEqual(Buffer.alloc(32, 0xff))
  expect(randomToken(systemRandom)).not.toBe(randomToken(systemRandom))
})
