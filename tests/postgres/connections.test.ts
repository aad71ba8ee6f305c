import { StoreError } from '@mindmesh/auth/ports'
import { contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasPostgres, openPostgres, type PostgresTest } from '../support/postgres.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'

/** `begin`, the person, the reservation, the effects, `commit`. */
const STATEMENTS = 5

/** Through `pg`: `postgres` 3.4.9 ends the process where a connection is lost inside a transaction (its issue 1208). */
describe.runIf(hasPostgres)('connections to postgres', () => {
  let opened: PostgresTest
  let proxy: WireProxy
  let pool: Pool
  beforeEach(async () => {
    opened = await openPostgres()
    const url = new URL(opened.url)
    proxy = await startWireProxy('postgres', { host: url.hostname, port: Number(url.port || 5432) })
    url.host = `127.0.0.1:${proxy.port}`
    // One that is not given back is missed by the next call.
    pool = new Pool({ connectionString: url.href, max: 1 })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
  })
  afterEach(async () => {
    await pool.end()
    await proxy.close()
    await opened.close()
  })

  /** A registration whose connection is cut at one of its statements. */
  function registration() {
    const { store, make } = contractContext(drizzlePostgres(drizzle(pool)))
    const user = make.newUser()
    const input = { user, profile: {}, account: null, reservation: make.reservation() }
    const events = [make.event({ userId: user.id })]
    const query = { userId: user.id, type: null, from: null, before: null, limit: 9 }
    return {
      register: async () => store.users.register(input, { events }),
      again: async () => store.users.findById(user.id),
      written: async () => (await opened.store.events.list(query)).length,
    }
  }

  test.each(
    [1, 2, 3, 4].flatMap((statement) => [
      { statement, when: 'before' as const },
      { statement, when: 'after' as const },
    ]),
  )(
    'a connection that breaks $when statement $statement, before the commit, is tried again on another',
    async ({ statement, when }) => {
      const { register, written } = registration()
      proxy.arm({ statement, when })
      expect(await register()).toMatchObject({ status: 'registered' })
      expect(proxy.disarm()).toBe(statement + STATEMENTS)
      expect(await written()).toBe(1)
    },
  )

  test.each(['before', 'after'] as const)(
    'a connection that breaks %s the commit took effect is an error, and nothing is written again',
    async (when) => {
      const { register, again, written } = registration()
      proxy.arm({ statement: STATEMENTS, when })
      await expect(register()).rejects.toThrow(StoreError)
      expect(proxy.disarm()).toBe(STATEMENTS)
      expect(await written()).toBe(when === 'before' ? 0 : 1)
      expect((await again()) === null).toBe(when === 'before')
    },
  )

  test('a query is made again on another connection', async () => {
    const { again } = registration()
    proxy.arm({ statement: 1, when: 'before' })
    expect(await again()).toBeNull()
    expect(proxy.disarm()).toBe(2)
  })

  test('a write of one statement that was sent is not sent again: it may have taken effect', async () => {
    const { store, make } = contractContext(drizzlePostgres(drizzle(pool)))
    proxy.arm({ statement: 1, when: 'after' })
    await expect(store.codes.issue(make.newCode(), {})).rejects.toThrow(StoreError)
    expect(proxy.disarm()).toBe(1)
  })
})
