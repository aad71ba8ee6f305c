import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseStoredHash } from './hash-formats.ts'
import { argon2idHasher } from './password-hasher.ts'

const COST = { memoryKiB: 19_456, iterations: 2, parallelism: 1, maxConcurrent: 2, maxQueued: 100 }
const hasher = argon2idHasher(COST)
const SALT = 'A'.repeat(22)
const KEY = 'A'.repeat(43)
const argon2 = (cost: string, kind = 'argon2id', version = 19): string =>
  `$${kind}$v=${version}$${cost}$${SALT}$${KEY}`
/** A salt and a result as bcrypt makes them, under another number of rounds. */
const bcrypt = (rounds: number): string =>
  `$2b$${String(rounds).padStart(2, '0')}$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i`

describe('password hasher', () => {
  test('a hash is argon2id at the configured cost, and fits its own password only', async () => {
    const hash = await hasher.hash('correct horse battery')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hasher.verify(hash, 'correct horse battery')).toBe(true)
    expect(await hasher.verify(hash, 'correct horse batterz')).toBe(false)
    expect(hasher.needsRehash(hash)).toBe(false)
  })

  test('a hash of another cost, or of another kind, asks to be replaced', () => {
    for (const hash of [
      argon2('m=65536,t=2,p=1'),
      argon2('m=19456,t=3,p=1'),
      argon2('m=19456,t=2,p=2'),
      `$2b$10$${'a'.repeat(53)}`,
      `${'0'.repeat(32)}:${'0'.repeat(128)}`,
      'nonsense',
    ]) {
      expect(hasher.needsRehash(hash)).toBe(true)
    }
  })

  test.each([
    [
      // phc-winner-argon2, test.c
      '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      'password',
    ],
    // jBCrypt, TestBCrypt.java
    ['$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i', 'abc'],
    ['$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC', 'abcdefghijklmnopqrstuvwxyz'],
  ])('the published vector %s verifies', async (hash, password) => {
    expect(await hasher.verify(hash, password)).toBe(true)
    expect(await hasher.verify(hash, `${password} `)).toBe(false)
  })

  test('the decoy costs what a real one costs, and fits nothing', async () => {
    const decoy = hasher.decoyHash()
    expect(parseStoredHash(decoy)).toEqual({
      kind: 'argon2id',
      memoryKiB: 19_456,
      iterations: 2,
      parallelism: 1,
    })
    expect(await hasher.verify(decoy, 'correct horse battery')).toBe(false)
    expect(argon2idHasher(COST).decoyHash()).not.toBe(decoy)
  })
})

describe('a hostile hash', () => {
  const HOSTILE: readonly [string, string][] = [
    ['memory', argon2('m=4194304,t=2,p=1')],
    ['memory, just past what is worked out', argon2('m=262145,t=2,p=1')],
    ['no memory', argon2('m=0,t=2,p=1')],
    ['less memory than lanes', argon2('m=8,t=2,p=2')],
    ['iterations', argon2('m=19456,t=999,p=1')],
    ['no iterations', argon2('m=19456,t=0,p=1')],
    ['lanes', argon2('m=19456,t=2,p=99')],
    ['no lanes', argon2('m=19456,t=2,p=0')],
    ['digits', argon2(`m=${'9'.repeat(400)},t=2,p=1`)],
    ['another kind of argon2', argon2('m=19456,t=2,p=1', 'argon2d')],
    ['an old version', argon2('m=19456,t=2,p=1', 'argon2id', 16)],
    ['bcrypt rounds', bcrypt(31)],
    ['bcrypt rounds, just past what is worked out', bcrypt(15)],
    ['too few bcrypt rounds', bcrypt(3)],
    ['half a bcrypt hash', `$2b$10$${'a'.repeat(52)}`],
    ['length', '$argon2id$'.repeat(100_000)],
    ['colons', ':'.repeat(512)],
    ['a short scrypt key', `${'0'.repeat(32)}:${'0'.repeat(126)}`],
    ['no salt', `:${'0'.repeat(128)}`],
    ['nothing', ''],
    ['a line break', `${argon2('m=19456,t=2,p=1')}\n`],
    ['a password in clear', 'correct horse battery'],
  ]

  test.each(HOSTILE)('by %s is refused within a millisecond', async (_, hash) => {
    const times: number[] = []
    for (let round = 0; round < 25; round += 1) {
      const start = performance.now()
      expect(await hasher.verify(hash, 'correct horse battery')).toBe(false)
      times.push(performance.now() - start)
    }
    // The best of all: what else the machine does can only add to it.
    expect(Math.min(...times)).toBeLessThan(1)
  })

  test('what is worked out at the most still takes no more than it may', () => {
    expect(parseStoredHash(argon2('m=262144,t=10,p=8'))).not.toBeNull()
    expect(parseStoredHash(`$2y$14$${'a'.repeat(53)}`)).toEqual({ kind: 'bcrypt' })
    const digest = createHash('sha512').update('x').digest('hex')
    expect(parseStoredHash(`s2:${'0'.repeat(32)}:${digest}`)).toMatchObject({ kind: 'scrypt' })
  })
})
