import { changes, contractContext, type ContractContext } from '@mindmesh/auth-adapter-kit'
import { drizzlePostgres, userColumns } from '@mindmesh/auth-drizzle/postgres'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasPostgres, openPostgres, type PostgresTest } from '../support/postgres.ts'

/** What the driver sent, `begin` and `commit` too. On one connection, so that their order is theirs. */
const sent: string[] = []
let opened: PostgresTest

beforeEach(async () => {
  if (!hasPostgres) return
  opened = await openPostgres({
    max: 1,
    debug: (_connection: number, statement: string) => void sent.push(statement),
  })
})
afterEach(async () => (hasPostgres ? opened.close() : undefined))

/** What a step must take: nothing between `begin` and `commit` may be missing from it. */
const STATEMENTS: Readonly<Record<string, number>> = {
  'users.register': 6,
  'users.markEmailVerified': 1,
  'users.changeEmail': 7,
  'users.setPassword': 6,
  'users.block': 6,
  'users.unblock': 1,
  'users.delete': 6,
  'sessions.open': 1,
  'sessions.rotate': 1,
  'sessions.revoke': 1,
  'sessions.revokeAll': 1,
  'sessions.markAuthenticated': 1,
  'codes.issue': 1,
  'codes.consume of the right code': 1,
  'codes.consume of a wrong code': 1,
  'accounts.link': 5,
  'accounts.claim': 6,
  'accounts.unlink': 6,
  'outbox.fail with another try': 1,
  'outbox.fail for good': 1,
}

describe.runIf(hasPostgres)('statements on postgres', () => {
  test.each(Object.entries(STATEMENTS))('%s: takes %i', async (name, count) => {
    const change = changes.find((each) => each.name === name)
    const context = contractContext(opened.store)
    const attempt = await change?.win(context)
    sent.length = 0
    await attempt?.act(context.make.effects(attempt.userId))
    expect(sent).toHaveLength(count)
  })

  const others: Readonly<Record<string, (context: ContractContext) => Promise<unknown>>> = {
    'events.append': async ({ store, make }) => store.events.append([make.event()], [make.mail()]),
    'outbox.claim': async ({ store, make, now }) =>
      store.outbox.claim({ leaseId: make.id(), leaseSeconds: 60, limit: 10, now }),
    'outbox.complete': async ({ store, make, now }) =>
      store.outbox.complete({ id: make.id(), leaseId: make.id(), at: now }),
    'users.upgradePasswordHash': async ({ store, make }) =>
      store.users.upgradePasswordHash({ userId: make.id(), from: 'a', to: 'b' }),
    'sessions.find': async ({ store, make }) => store.sessions.find(make.id()),
    'users.findWithCode': async ({ store }) =>
      store.users.findWithCode({ email: 'anna@example.com', purpose: 'login' }),
    'rateLimits.hit of one limit that gives back': async ({ store, now }) =>
      store.rateLimits.hit({
        hits: [{ key: 'a', limit: 3, windowSeconds: 60 }],
        refunds: ['b', 'c'],
        now,
      }),
  }
  test.each(Object.entries(others))('%s: takes one', async (_name, call) => {
    sent.length = 0
    await call(contractContext(opened.store))
    expect(sent).toHaveLength(1)
  })

  test('rateLimits.hit of several limits: takes one, and at first a transaction', async () => {
    const { store, now } = contractContext(opened.store)
    const hits = ['b', 'a'].map((key) => ({ key, limit: 2, windowSeconds: 60 }))
    const sentBy = async (): Promise<readonly (string | undefined)[]> => {
      sent.length = 0
      await store.rateLimits.hit({ hits, refunds: ['d', 'c'], now })
      return sent.map((statement) => statement.split(' ')[0])
    }
    expect(await sentBy()).toEqual(['with', 'begin', 'with', 'commit'])
    expect(await sentBy()).toEqual(['with'])
  })

  test('codes.consume: tells why not with one statement more', async () => {
    const { store, make, now } = contractContext(opened.store)
    const input = { id: make.id(), secretHashes: [make.secretHash()], now }
    sent.length = 0
    await store.codes.consume(input, { consumed: {}, mismatch: {} })
    expect(sent).toHaveLength(2)
  })
})

describe.runIf(hasPostgres)('prepared statements on postgres', () => {
  const kept = async (): Promise<number> => {
    const rows = await opened.client.unsafe(
      `select statement from pg_prepared_statements where statement like '%auth_%'`,
    )
    return rows.length
  }

  test('none is kept on the server, so that any pooler will do', async () => {
    const { store, make } = contractContext(opened.store)
    for (let i = 0; i < 3; i += 1) {
      await store.sessions.find(make.id())
      await store.events.append([make.event()])
    }
    expect(await kept()).toBe(0)
  })

  test('where the app asks for it, the frequent queries are kept', async () => {
    const store = drizzlePostgres(opened.db, { preparedStatements: true })
    const { make } = contractContext(store)
    for (let i = 0; i < 3; i += 1) expect(await store.sessions.find(make.id())).toBeNull()
    expect(await kept()).toBe(1)
  })

  test('on pg, two stores with different users tables share a connection', async () => {
    const people = pgTable('users', { ...userColumns(), nickname: text('nickname') })
    const pool = new Pool({ connectionString: opened.url, max: 1 })
    await pool.query('alter table users add nickname text')
    const options = { preparedStatements: true }
    const plain = drizzlePostgres(drizzleNodePostgres(pool), options)
    const own = drizzlePostgres(drizzleNodePostgres(pool), { ...options, users: people })
    const { make } = contractContext(plain)
    const input = { user: make.newUser(), account: null, reservation: make.reservation() }
    await own.users.register({ ...input, profile: { nickname: 'Ann' } }, {})
    const { id } = input.user
    expect(await own.users.findById(id)).toMatchObject({ id, nickname: 'Ann' })
    expect(await plain.users.findById(id)).not.toHaveProperty('nickname')
    await pool.query('alter table users drop nickname')
    await pool.end()
  })
})
