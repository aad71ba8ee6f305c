import { ConfigError, StoreError } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { argon2idHasher } from '../../packages/core/src/password/password-hasher.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance } from '../support/instance.ts'
import { inTurn } from '../support/times.ts'
import { wrappedStore } from '../support/wrapped-store.ts'

/** Housekeeping. */
export function maintenance(test: FlowTest): void {
  test('prune: removes what is past its end and nothing else', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.signIn('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ hours: 24 * 98 })
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    const before = await t.eventTypes()
    const counts = await t.mindmesh.maintenance.prune()
    expect(counts).toMatchObject({ codes: 0, sessions: 1, mails: 1 })
    expect(await t.mindmesh.maintenance.prune()).toEqual({
      codes: 0,
      sessions: 0,
      rateLimits: 0,
      mails: 0,
    })
    expect(await t.mindmesh.user.getById(id)).not.toBeNull()
    expect(await t.eventTypes()).toEqual(before)
    expect(await t.signIn('anna')).toHaveProperty('accessToken')
  })

  test('prune: keeps an ended session for ninety days, and an expired code for none', async ({
    t,
  }) => {
    await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    await t.mindmesh.auth.logout(sessionId)
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ minutes: 5 })
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ codes: 1, sessions: 0 })
    t.clock.advance({ hours: 24 * 90, minutes: -5 })
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ sessions: 0 })
    t.clock.advance({ seconds: 1 })
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ sessions: 1 })
  })

  test('prune: counters go when their window is over', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    t.clock.advance({ seconds: 599 })
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ rateLimits: 0 })
    t.clock.advance({ seconds: 1 })
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ rateLimits: 1 })
  })

  test('prune: goes on until nothing is left, in batches', async ({ t }) => {
    await inTurn(3, async (n) => t.mindmesh.otp.send(`p${n}@example.com`, 'checkout'))
    t.clock.advance({ hours: 1 })
    // Batches of one in place of two hundred, told as full ones.
    let passes = 0
    const small = new Proxy(
      wrappedStore(t.store, ({ proceed }) => proceed()),
      {
        get(target, key): unknown {
          if (key !== 'deleteExpired') return Reflect.get(target, key)
          return async (input: Parameters<typeof t.store.deleteExpired>[0]) => {
            passes += 1
            const counts = await t.store.deleteExpired({ ...input, limit: 1 })
            return { ...counts, codes: counts.codes * input.limit }
          }
        },
      },
    )
    await testInstance(small, { clock: t.clock }).mindmesh.maintenance.prune()
    expect(passes).toBe(4)
    expect(await t.mindmesh.maintenance.prune()).toMatchObject({ codes: 0 })
  })

  test('migrate: on tables that are as they must be there is nothing to do', async ({
    t,
    store,
  }) => {
    expect(await t.mindmesh.maintenance.checkSchema()).toEqual([])
    if (store.migrations === undefined) {
      expect(await t.mindmesh.maintenance.migrations()).toBeNull()
      await expect(t.mindmesh.maintenance.migrate()).rejects.toThrow(/ships no migrations/)
      return
    }
    const migrations = (await t.mindmesh.maintenance.migrations()) ?? []
    expect(migrations.map(({ name, isApplied }) => [name, isApplied])).toEqual([
      ['0000_initial', true],
    ])
    expect(migrations[0]?.statements.join()).toMatch(/create table/i)
    expect(await t.mindmesh.maintenance.migrate()).toEqual([])
  })

  test('checkSchema: gives what the adapter found, and no other error', async ({ t, store }) => {
    const problems = [{ field: 'users.email', message: 'is missing' }]
    const failing = (error: Error) =>
      testInstance({
        ...store,
        assertSchema: async () => {
          throw error
        },
      }).mindmesh.maintenance
    expect(await failing(new ConfigError(problems)).checkSchema()).toEqual(problems)
    const broken = new StoreError('assertSchema')
    await expect(failing(broken).checkSchema()).rejects.toBe(broken)
    expect(await t.mindmesh.maintenance.checkSchema()).toEqual([])
  })

  test('clockSkew: tells how far the database is ahead', async ({ t, store }) => {
    const ahead = { ...store, readTime: async () => new Date(t.clock.now().getTime() + 7000) }
    const skewed = testInstance(ahead, { clock: t.clock })
    expect(await skewed.mindmesh.maintenance.clockSkew()).toBe(7000)
    const { readTime: _readTime, ...silent } = ahead
    expect(await testInstance(silent).mindmesh.maintenance.clockSkew()).toBeNull()
    const clock = { now: () => new Date() }
    const real = await testInstance(store, { clock }).mindmesh.maintenance.clockSkew()
    expect(Math.abs(real ?? 0)).toBeLessThan(60_000)
  })

  test('importUsers: people sign in with the password that they had, and keep their id', async ({
    t,
  }) => {
    const createdAt = new Date('2024-05-06T07:08:09.010Z')
    const id = '6f9619ff-8b86-4d01-b42d-00c04fc964ff'
    const passwordHash = await fastHasher().hash(PASSWORD)
    const verified = { emailVerifiedAt: createdAt, createdAt, passwordHash }
    const people = [
      { id: id.toUpperCase(), email: ANNA, ...verified },
      {
        id: 'user_2',
        email: 'Ben@Example.com',
        createdAt,
        blockedAt: createdAt,
        blockedReason: 'spam',
        identities: [{ provider: 'github', subject: '7' }],
      },
    ]
    const options = { source: 'elsewhere' }
    const trial = await t.mindmesh.maintenance.importUsers(people, { ...options, dryRun: true })
    expect(await t.mindmesh.user.list()).toMatchObject({ items: [] })
    const outcomes = await t.mindmesh.maintenance.importUsers(people, options)
    expect(outcomes).toEqual(trial)
    expect(outcomes).toMatchObject([
      { status: 'imported', userId: id, isPasswordDropped: false },
      { id: 'user_2', status: 'imported', userId: expect.stringMatching(/^018f4cbb-37b2-7/) },
    ])
    expect(await t.signIn('anna')).toMatchObject({ user: { id, createdAt } })
    const ben = outcomes[1]?.userId ?? ''
    expect(await t.mindmesh.user.getById(ben)).toMatchObject({
      email: 'ben@example.com',
      displayEmail: 'Ben@Example.com',
      createdAt,
      blockedReason: 'spam',
    })
    expect(await t.mindmesh.oauth.list(ben)).toMatchObject([{ provider: 'github' }])
    expect(await t.eventTypes(ben)).toEqual(['ACCOUNT_IMPORTED'])
    const again = await t.mindmesh.maintenance.importUsers(people, options)
    expect(again.map(({ status, userId }) => [status, userId])).toEqual([
      ['present', id],
      ['present', ben],
    ])
    expect(await t.eventTypes(ben)).toEqual(['ACCOUNT_IMPORTED'])
    expect(t.mailer.sent.filter(({ to }) => to === 'Ben@Example.com')).toEqual([])
  })

  test('importUsers: who does not pass keeps nobody else out', async ({ t }) => {
    await t.register('anna')
    const people = [
      { id: '1', email: 'no address' },
      { id: '', email: 'a@example.com' },
      { id: '3', email: ANNA },
      { id: '4', email: 'dora@example.com', createdAt: new Date(Number.NaN) },
      {
        id: '5',
        email: 'erik@example.com',
        identities: [{ provider: 'x'.repeat(65), subject: '1' }],
      },
      { id: '6', email: 'fred@example.com' },
      null as never,
      { id: '8', email: 'gina@example.com', identities: 'github' as never },
      { id: '9', email: 'hans@example.com', identities: [null as never] },
    ]
    const outcomes = await t.mindmesh.maintenance.importUsers(people, { source: 'x' })
    expect(outcomes.map(({ status, field, reason }) => [status, field, reason])).toEqual([
      ['invalid', 'email', 'not_an_address'],
      ['invalid', 'id', 'empty'],
      ['email_taken', null, null],
      ['invalid', 'createdAt', 'not_a_date'],
      ['invalid', 'identities.0.provider', 'too_long'],
      ['imported', null, null],
      ['invalid', 'person', 'not_an_object'],
      ['invalid', 'identities', 'not_a_list'],
      ['invalid', 'identities.0', 'not_an_object'],
    ])
    const tooMany = Array.from({ length: 501 }, (_, n) => ({
      id: `${n}`,
      email: `${n}@example.com`,
    }))
    await expect(
      t.mindmesh.maintenance.importUsers(tooMany, { source: 'x' }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'people', reason: 'too_many' })
  })

  test('importUsers: a fault in reading them ends it as it is, and nobody is imported', async ({
    t,
  }) => {
    const lost = new Error('the export is cut off')
    const unreadable = {
      id: '2',
      get email(): string {
        throw lost
      },
    }
    const people = [{ id: '1', email: ANNA }, unreadable]
    const work = t.mindmesh.maintenance.importUsers(people, { source: 'x' })
    await expect(work).rejects.toBe(lost)
    expect(await t.mindmesh.user.list()).toMatchObject({ items: [] })
  })

  test('importUsers: a hash that cannot be verified is left out and told', async ({ t, store }) => {
    const { mindmesh } = testInstance(store, { passwordHasher: argon2idHasherOf() })
    const hashes = {
      bcrypt: `$2b$10$${'a'.repeat(53)}`,
      scrypt: `${'a'.repeat(32)}:${'0'.repeat(128)}`,
      md5: 'd41d8cd98f00b204e9800998ecf8427e',
      costly: `$2b$31$${'a'.repeat(53)}`,
    }
    const people = Object.entries(hashes).map(([name, passwordHash]) => ({
      id: name,
      email: `${name}@example.com`,
      passwordHash,
    }))
    const outcomes = await mindmesh.maintenance.importUsers(people, { source: 'x' })
    expect(outcomes.map(({ id, isPasswordDropped }) => [id, isPasswordDropped])).toEqual([
      ['bcrypt', false],
      ['scrypt', false],
      ['md5', true],
      ['costly', true],
    ])
    for (const { id, userId } of outcomes) {
      const credentials = await store.users.findCredentials(userId ?? '')
      const kept = id === 'md5' || id === 'costly' ? null : people.find((p) => p.id === id)
      expect(credentials?.passwordHash ?? null).toBe(kept?.passwordHash ?? null)
    }
    expect(t.mailer.sent).toEqual([])
  })

  test('importUsers: an address that its owner may still take back is given to nobody', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, 'anna.new@example.com')
    await t.mindmesh.user.confirmEmailChange(await t.newestToken('anna.new@example.com'))
    const [outcome] = await t.mindmesh.maintenance.importUsers([{ id: '1', email: ANNA }], {
      source: 'x',
    })
    expect(outcome).toMatchObject({ status: 'email_taken' })
  })
}

function argon2idHasherOf() {
  const cost = { memoryKiB: 19_456, iterations: 2, parallelism: 1 }
  return argon2idHasher({ ...cost, maxConcurrent: 1, maxQueued: 1 })
}
