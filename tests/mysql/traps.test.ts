import { StoreError } from '@mindmesh/auth/ports'
import { contractContext, races, runRace, type ContractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watchPool } from '../support/mysql-watch.ts'
import { type MysqlTest, hasMysql, openMysql } from '../support/mysql.ts'

describe.runIf(hasMysql)('traps of mysql', () => {
  let t: MysqlTest
  let context: ContractContext
  beforeEach(async () => {
    t = await openMysql()
    context = contractContext(t.store)
  })
  afterEach(async () => t.close())

  /** A store that tells of its deadlocks, on a pool without a warm connection. */
  function countingDeadlocks() {
    let deadlocks = 0
    const pool = watchPool(t.pool, {
      refused(error) {
        if (error instanceof Error && 'errno' in error && error.errno === 1213) deadlocks += 1
      },
    })
    return { store: drizzleMysql(drizzle(pool)), deadlocks: () => deadlocks }
  }

  describe('collations: what the padding and the case of MySQL would make equal', () => {
    test('identities that differ in case are two, and one that ends in a space is refused', async () => {
      const { store, make } = context
      const lower = make.newUser()
      const upper = make.newUser()
      for (const [user, subject] of [
        [lower, 'abc'],
        [upper, 'ABC'],
      ] as const) {
        const account = make.account(user, { subject })
        const input = { user, profile: {}, account, reservation: make.reservation() }
        expect(await store.users.register(input, {})).toMatchObject({ status: 'registered' })
      }
      const found = await store.accounts.findUser({ provider: 'github', subject: 'ABC' })
      expect(found?.id).toBe(upper.id)
      const padded = store.accounts.findUser({ provider: 'github', subject: 'abc ' })
      await expect(padded).rejects.toThrow(StoreError)
    })

    test('nobody is found by an address with a space at its end', async () => {
      const { store, make } = context
      const user = make.newUser()
      const input = { user, profile: {}, account: null, reservation: make.reservation() }
      await store.users.register(input, {})
      await expect(store.users.findForSignIn(`${user.email} `)).rejects.toThrow(StoreError)
      await expect(store.users.findForSignIn(user.email.toUpperCase())).resolves.toBeNull()
    })

    test('user agents that differ in case or in spaces at the end are different', async () => {
      const { store, make } = context
      const user = make.newUser()
      const input = { user, profile: {}, account: null, reservation: make.reservation() }
      await store.users.register(input, {})
      const agents = ['curl', 'Curl', 'curl ', 'cürl', '😀']
      for (const userAgent of [...agents, ...agents]) {
        const session = make.newSession(user, { userAgent })
        await store.sessions.open({ session, expected: { ...user, passwordVersion: 0 } }, {})
      }
      expect((await store.sessions.listUserAgents(user.id)).toSorted()).toEqual(agents.toSorted())
    })
  })

  test('codes.issue: the code of another place that has this id is not taken over', async () => {
    const { store, make } = context
    const theirs = make.newCode()
    await store.codes.issue(theirs, {})
    const event = make.event()
    const issuing = store.codes.issue(make.newCode({ id: theirs.id }), { events: [event] })
    await expect(issuing).rejects.toThrow(StoreError)
    expect(await store.codes.find(theirs)).toEqual(theirs)
    expect(await store.events.list({ ...ALL, limit: 1 })).toEqual([])
  })

  const ALL = { userId: null, type: null, from: null, before: null } as const

  describe('locks', () => {
    test('calls with the same keys in any order wait for one another, without a deadlock', async () => {
      const { store, deadlocks } = countingDeadlocks()
      const { make, now } = context
      const [a, b, c] = [make.hit(), make.hit(), make.hit()].map((hit) => ({ ...hit, limit: 1000 }))
      if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.')
      const orders = [
        { hits: [a, b, c], refunds: [] },
        { hits: [c, b, a], refunds: [] },
        { hits: [a], refunds: [c.key, b.key] },
        { hits: [c], refunds: [a.key] },
        { hits: [b, c], refunds: [a.key] },
      ]
      await store.rateLimits.hit({ hits: [a, b, c], refunds: [], now })
      const calls = Array.from({ length: 100 }, async (_, index) =>
        store.rateLimits.hit({ hits: [], refunds: [], ...orders[index % orders.length], now }),
      )
      expect(await Promise.all(calls)).toEqual(calls.map(() => ({ status: 'allowed' })))
      expect(deadlocks()).toBe(0)
    })

    test.each(
      races.filter((race) =>
        /^(sessions\.(open|rotate)|accounts\.unlink|codes\.consume|users\.(block|setPassword))/.test(
          race.name,
        ),
      ),
    )('no deadlock: $name', async (race) => {
      const { store, deadlocks } = countingDeadlocks()
      for (let round = 0; round < 3; round += 1) {
        expect(await runRace(race, { ...context, store })).toBeUndefined()
      }
      expect(deadlocks()).toBe(0)
    })
  })
})
