import { inspect } from 'node:util'
import { StoreError, type AuthStore } from '@mindmesh/auth/ports'
import { contractContext, type ContractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cut, watchPool, type Watch } from '../support/mysql-watch.ts'
import { type MysqlTest, hasMysql, openMysql } from '../support/mysql.ts'
import { runRaces } from '../support/run-races.ts'

describe.runIf(hasMysql)('connections to mysql', () => {
  let t: MysqlTest
  let make: ContractContext['make']
  beforeEach(async () => {
    t = await openMysql()
    ;({ make } = contractContext(t.store))
  })
  afterEach(async () => t.close())

  /** The store over the same database, on a watched pool. */
  function watchedStore(watch: Watch): AuthStore {
    return drizzleMysql(drizzle(watchPool(t.pool, watch)))
  }

  /** Fails the statements that match, so many times; gives the statements that were sent. */
  function failing(pattern: RegExp, times: number, errno: number) {
    const sent: string[] = []
    let left = times
    const store = watchedStore({
      before(statement) {
        sent.push(statement)
        if (!pattern.test(statement) || left === 0) return
        left -= 1
        throw Object.assign(new Error('The server gave up.'), { errno })
      },
    })
    const tries = (): number => sent.filter((statement) => statement === 'begin').length
    return { store, sent, tries }
  }

  const eventsOf = async (): Promise<number> =>
    (await t.store.events.list({ userId: null, type: null, from: null, before: null, limit: 9 }))
      .length

  describe('transactions on mysql', () => {
    test('a deadlock is tried again from the start, and written once', async () => {
      const { store, sent, tries } = failing(/insert into `auth_outbox`/, 3, 1213)
      await store.events.append([make.event()], [make.mail()])
      expect(tries()).toBe(4)
      expect(sent.filter((statement) => statement === 'rollback')).toHaveLength(3)
      expect(await eventsOf()).toBe(1)
    })

    test('a deadlock that does not end is an error after a bounded number of tries', async () => {
      const { store, tries } = failing(/insert/, Number.POSITIVE_INFINITY, 1213)
      await expect(store.events.append([make.event()])).rejects.toThrow(StoreError)
      expect(tries()).toBe(8)
      expect(await eventsOf()).toBe(0)
    })

    test('a lock that was not given in time is waited for once more, the whole step anew', async () => {
      const once = failing(/insert into `auth_outbox`/, 1, 1205)
      await once.store.events.append([make.event()], [make.mail()])
      expect(await eventsOf()).toBe(1)
      const twice = failing(/insert/, 2, 1205)
      await expect(twice.store.events.append([make.event()])).rejects.toThrow(StoreError)
      expect(twice.tries()).toBe(2)
    })

    test('a lock that another connection holds: what was written before it is undone', async () => {
      const { store, pool, close } = await openMysql({
        session: ['set session innodb_lock_wait_timeout = 1'],
      })
      const user = make.newUser()
      const input = { user, profile: {}, account: null, reservation: make.reservation() }
      await store.users.register(input, {})
      const code = make.newCode({ userId: user.id })
      await store.codes.issue(code, {})
      const other = await pool.getConnection()
      await other.beginTransaction()
      await other.query('update auth_codes set attempts_left = 1 where id = ?', [code.id])
      const blocking = { userId: user.id, at: new Date(), reason: null, keepPurposes: [] }
      await expect(store.users.block(blocking, {})).rejects.toThrow(StoreError)
      await other.rollback()
      other.release()
      expect(await store.users.findById(user.id)).toMatchObject({ blockedAt: null })
      expect(await store.users.block(blocking, {})).toBe('blocked')
      await close()
    })

    test('a connection that breaks before the commit is tried again on another', async () => {
      let isCut = false
      const store = watchedStore({
        after(statement, connection) {
          if (isCut || !statement.startsWith('insert')) return
          isCut = true
          throw cut(connection)
        },
      })
      await store.events.append([make.event()])
      expect([isCut, await eventsOf()]).toEqual([true, 1])
    })

    test.each(['before', 'after'] as const)(
      'a connection that breaks %s the commit took effect is an error, and nothing is written again',
      async (when) => {
        const sent: string[] = []
        const breakAtCommit: Watch['before'] = (statement, connection) => {
          sent.push(statement)
          if (statement === 'commit') throw cut(connection)
        }
        const store = watchedStore({ [when]: breakAtCommit })
        await expect(store.events.append([make.event()])).rejects.toThrow(StoreError)
        expect(sent.filter((statement) => statement.startsWith('insert'))).toHaveLength(1)
        expect(await eventsOf()).toBe(when === 'before' ? 0 : 1)
      },
    )

    test('a query is made again on another connection', async () => {
      let cuts = 0
      const store = watchedStore({
        before(_, connection) {
          cuts += 1
          if (cuts <= 2) throw cut(connection)
        },
      })
      expect(await store.users.findById(make.id())).toBeNull()
    })

    test('a pool whose connections the server has cut is of use again', async () => {
      const { store, pool, close } = await openMysql()
      await Promise.all(Array.from({ length: 10 }, async () => store.users.findById(make.id())))
      const [threads] = await pool.query<RowDataPacket[]>(
        'select id from information_schema.processlist where db = database() and id <> connection_id()',
      )
      for (const thread of threads) await t.pool.query(`kill ${thread['id']}`)
      const calls = Array.from({ length: 20 }, async () => store.events.append([make.event()]))
      expect(await Promise.allSettled(calls)).not.toContainEqual(
        expect.objectContaining({ status: 'rejected' }),
      )
      await close()
    })

    test('an error shows no statement and no parameter, and neither do its causes', async () => {
      const event = make.event()
      const mail = make.mail({ sealedPayload: 'sealed-secret' })
      await t.store.events.append([event], [mail])
      const error: unknown = await t.store.events.append([make.event()], [mail]).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(StoreError)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(
        /sealed-secret|insert into/i,
      )
      expect(inspect(error)).toContain('Duplicate entry')
    })
  })

  describe('a lone connection', () => {
    test('calls at once wait for one another: no transaction ends another', async () => {
      const connection = await createConnection({ uri: t.url })
      const store = drizzleMysql(drizzle(connection))
      expect(await runRaces(contractContext(store))).toBeUndefined()
      await connection.end()
    })

    test('a call that fails does not keep the next from its turn', async () => {
      const connection = await createConnection({ uri: t.url })
      const store = drizzleMysql(drizzle(connection))
      const event = make.event()
      const outcomes = await Promise.allSettled([
        store.events.append([event]),
        store.events.append([event]),
        store.events.append([make.event()]),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      await connection.end()
    })
  })

  test('an instance that takes every query from its cache is refused', () => {
    const db = drizzle(t.pool)
    const cached = Object.assign(db, { $cache: { ...db.$cache, strategy: () => 'all' } })
    expect(() => drizzleMysql(cached)).toThrow(
      /give the adapter an instance without `global: true`/,
    )
  })
})
