import { scryptSync } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { MindmeshAuth, type AuthError } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { captureMailer } from '@mindmesh/auth/testing'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import { PASSWORD, SECRETS } from './support/instance.ts'
import { authErrorOf, codeOf } from './support/code-of.ts'

function start(argon2: object = {}, store = memoryStore()) {
  const mailer = captureMailer()
  const config = { ...SECRETS, argon2, mailDelivery: 'manual' as const }
  return { mindmesh: new MindmeshAuth({ adapter: store, mailer, env: {}, config }), store, mailer }
}

async function withHash(hash: string) {
  const t = start()
  const user = await t.mindmesh.auth.register('anna@example.com', 'some other password')
  const found = await t.store.users.findForSignIn(user.email)
  await t.store.users.upgradePasswordHash({
    userId: user.id,
    from: found?.passwordHash ?? '',
    to: hash,
  })
  return {
    ...t,
    hashNow: async () => (await t.store.users.findForSignIn(user.email))?.passwordHash,
  }
}

function scryptHex(salt: string): string {
  const options = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
  return scryptSync(PASSWORD.normalize('NFKC'), salt, 64, options).toString('hex')
}

describe('password hashes', () => {
  const salt = '00112233445566778899aabbccddeeff'
  test.each([
    ['bcrypt, as the original stores it', async () => bcryptHash(PASSWORD, 10)],
    ['scrypt, as Lucia 3 and Better Auth store it', async () => `${salt}:${scryptHex(salt)}`],
    ['scrypt, as Lucia 2 stored it', async () => `s2:${salt}:${scryptHex(salt)}`],
  ])('%s: signs in and is argon2id afterwards', async (_, make) => {
    const t = await withHash(await make())
    expect(await codeOf(t.mindmesh.auth.login('anna@example.com', 'wrong password'))).toBe(
      'invalid_credentials',
    )
    expect(await t.mindmesh.auth.login('anna@example.com', PASSWORD)).toMatchObject({
      otpRequired: true,
    })
    expect(await t.hashNow()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await t.mindmesh.auth.login('anna@example.com', PASSWORD)).toMatchObject({
      otpRequired: true,
    })
  })

  test.each([
    [
      'memory',
      '$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ],
    [
      'iterations',
      '$argon2id$v=19$m=19456,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ],
    ['bcrypt rounds', `$2b$31$${'a'.repeat(53)}`],
    ['length', '$argon2id$'.repeat(100_000)],
  ])('an absurd cost in %s is refused at once', async (_, hash) => {
    const t = await withHash(hash)
    const before = performance.now()
    expect(await codeOf(t.mindmesh.auth.login('anna@example.com', PASSWORD))).toBe(
      'invalid_credentials',
    )
    expect(performance.now() - before).toBeLessThan(20)
  })

  test('the two Unicode forms of a password are the same password', async () => {
    const t = start()
    await t.mindmesh.auth.register('anna@example.com', 'caf\u00e9 au lait svp')
    expect(await t.mindmesh.auth.login('anna@example.com', 'cafe\u0301 au lait svp')).toMatchObject(
      { otpRequired: true },
    )
  })

  test.each([
    ['too_short', 'kort123'],
    ['too_common', 'password123'],
    ['too_common', 'Password123'],
    ['contains_known_word', 'anna@example.com1'],
    ['contains_known_word', 'Mindmesh1'],
  ])('%s: %s is refused', async (reason, password) => {
    const call = start().mindmesh.auth.register('anna@example.com', password)
    expect(await authErrorOf(call)).toMatchObject({
      code: 'invalid_input',
      field: 'password',
      reason,
    })
  })

  test('a breached password is refused; a corpus that fails keeps nobody out', async () => {
    const corpus = (suffixes: (prefix: string) => Promise<readonly string[]>) =>
      new MindmeshAuth({
        adapter: memoryStore(),
        mailer: captureMailer(),
        env: {},
        config: SECRETS,
        logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
        breachCorpus: { suffixes },
      })
    const asked: string[] = []
    // SHA-1 of "correct horse battery" in two parts, as the range API has it.
    const { createHash } = await import('node:crypto')
    const digest = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase()
    const knowing = corpus(async (prefix) => (asked.push(prefix), [digest.slice(5)]))
    expect((await authErrorOf(knowing.auth.register('anna@example.com', PASSWORD))).reason).toBe(
      'breached',
    )
    expect(asked).toEqual([digest.slice(0, 5)])
    const failing = corpus(async () => Promise.reject(new Error('down')))
    expect(await failing.auth.register('anna@example.com', PASSWORD)).toHaveProperty('id')
  })
})

describe('the hashing queue', () => {
  test('fifty logins at once leave the event loop free and the memory bounded', async () => {
    const t = start()
    await Promise.all(
      [...Array(50).keys()].map(async (n) =>
        t.mindmesh.auth.register(`p${n}@example.com`, PASSWORD),
      ),
    )
    const before = process.memoryUsage.rss()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const logins = [...Array(50).keys()].map(async (n) =>
      t.mindmesh.auth.login(`p${n}@example.com`, PASSWORD),
    )
    await Promise.all(logins)
    delay.disable()
    expect(delay.percentile(99) / 1e6).toBeLessThan(20)
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(4 * 19 + 80)
  })

  test('past its length callers are told busy, with a time to retry', async () => {
    const t = start({ maxConcurrent: 1, maxQueued: 2 })
    const logins = [...Array(8).keys()].map(async (n) =>
      t.mindmesh.auth.login(`p${n}@example.com`, PASSWORD),
    )
    const results = await Promise.allSettled(logins)
    const busy = results
      .filter((r) => r.status === 'rejected')
      .map((r): AuthError => r.reason)
      .filter((error) => error.code === 'busy')
    expect(busy).toHaveLength(5)
    expect(busy[0]).toMatchObject({ status: 503, retryAfterSeconds: expect.any(Number) })
    expect(await codeOf(t.mindmesh.auth.login('late@example.com', PASSWORD))).toBe(
      'invalid_credentials',
    )
  })
})
