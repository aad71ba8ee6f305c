import { scryptSync } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { MindmeshAuth, type AuthError } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { captureMailer } from '@mindmesh/auth/testing'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import { PASSWORD, SECRETS } from './support/instance.ts'
import { codeOf } from './support/code-of.ts'

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
    ['memory', `$argon2id$v=19$m=4194304,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['bcrypt rounds', `$2b$31$${'a'.repeat(53)}`],
    ['length', '$argon2id$'.repeat(100_000)],
  ])('an absurd cost in %s is never worked out: the password is wrong', async (_, hash) => {
    const t = await withHash(hash)
    expect(await codeOf(t.mindmesh.auth.login('anna@example.com', PASSWORD))).toBe(
      'invalid_credentials',
    )
    expect(await t.hashNow()).toBe(hash)
  })

  test('the two Unicode forms of a password are the same password', async () => {
    const t = start()
    await t.mindmesh.auth.register('anna@example.com', 'caf\u00e9 au lait svp')
    expect(await t.mindmesh.auth.login('anna@example.com', 'cafe\u0301 au lait svp')).toMatchObject(
      { otpRequired: true },
    )
  })
})

describe('the hashing queue', () => {
  test('fifty logins at once leave the event loop free and the memory bounded', async () => {
    const t = start()
    const everyone = Array.from({ length: 50 }, (_, n) => `p${n}@example.com`)
    await Promise.all(everyone.map(async (email) => t.mindmesh.auth.register(email, PASSWORD)))
    const before = process.memoryUsage.rss()
    const delays: number[] = []
    // The best of three storms: what else the machine does can only add to a delay.
    for (let storm = 0; storm < 3; storm += 1) {
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      await Promise.all(everyone.map(async (email) => t.mindmesh.auth.login(email, PASSWORD)))
      delay.disable()
      delays.push(delay.percentile(99) / 1e6)
    }
    expect(Math.min(...delays)).toBeLessThan(20)
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
