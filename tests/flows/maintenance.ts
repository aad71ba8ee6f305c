import { ConfigError, StoreError } from '@mindmesh/auth'
import { expect } from 'vitest'
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
    // Batches of one in place of five hundred, told as full ones.
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
}
