import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
import type { AuthStore } from '@mindmesh/auth/ports'
import { settableClock } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle as drizzleOnSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { createPool } from 'mysql2/promise'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { engines, type Engine } from '../engines.ts'
import { PASSWORD, testInstance } from '../support/instance.ts'
import { orNone } from '../support/or-none.ts'

interface Opened {
  readonly store: AuthStore
  close(): Promise<void> | void
}

/** Drizzle on the database of an engine of Prisma. */
const drizzleOn: Readonly<Record<string, (place: string) => Opened>> = {
  'prisma-sqlite'(place) {
    const client = new Database(place)
    return { store: drizzleSqlite(drizzleOnSqlite(client)), close: () => void client.close() }
  },
  'prisma-postgres'(place) {
    const client = postgres(place, { max: 2 })
    return { store: drizzlePostgres(drizzleOnPostgres(client)), close: async () => client.end() }
  },
  'prisma-mysql'(place) {
    const pool = createPool({ uri: place, connectionLimit: 2 })
    return { store: drizzleMysql(drizzleOnMysql(pool)), close: async () => pool.end() }
  },
}

const ADDRESS = 'anna@example.com'
const context = { ipAddress: '203.0.113.7', userAgent: 'curl/8.0' }

/** Two instances on one database: both stores, in the order of their names or the other way round. */
async function twoOn(engine: Engine, isSwapped: boolean) {
  const opened = await engine.open()
  const drizzled = drizzleOn[engine.name]?.(opened.address?.place ?? '')
  if (drizzled === undefined) throw new Error(`Drizzle knows no ${engine.name}.`)
  const stores = [opened.store, drizzled.store] as const
  const [first, second] = isSwapped ? [stores[1], stores[0]] : stores
  const clock = settableClock()
  const one = testInstance(first, { clock })
  const two = testInstance(second, { clock })
  return {
    one,
    two,
    clock,
    async close() {
      await one.mindmesh.close()
      await two.mindmesh.close()
      await drizzled.close()
      await opened.close()
    },
  }
}

const onPrisma = engines.filter(({ name }) => name.startsWith('prisma-'))
const directions = [
  { first: 'Prisma', second: 'Drizzle', isSwapped: false },
  { first: 'Drizzle', second: 'Prisma', isSwapped: true },
]

describe.each(orNone(onPrisma))('$name and drizzle on one database', (engine) => {
  test.each(directions)(
    'a user of $first signs in through $second, which keeps the session, and each sees what the other did',
    async ({ isSwapped }) => {
      const { one, two, clock, close } = await twoOn(engine, isSwapped)
      const user = await one.register('anna')
      expect(await two.mindmesh.user.getById(user.id)).toEqual(user)
      const { accessToken, refreshToken } = await two.signIn('anna')
      expect(await one.mindmesh.auth.getUserFromToken(accessToken)).toMatchObject({ id: user.id })
      clock.advance({ minutes: 1 })
      const next = await one.mindmesh.auth.refresh(refreshToken)
      expect(await two.mindmesh.auth.refresh(refreshToken)).toEqual({
        ...next,
        accessToken: expect.any(String) as string,
      })
      const [session] = await one.mindmesh.session.list(user.id)
      expect(await two.mindmesh.session.list(user.id)).toEqual([session])
      await two.mindmesh.user.block(user.id, { reason: 'tried' })
      await expect(one.mindmesh.auth.refresh(next.refreshToken)).rejects.toThrow()
      expect(await one.mindmesh.user.getById(user.id)).toEqual(
        await two.mindmesh.user.getById(user.id),
      )
      expect(await one.eventTypes(user.id)).toEqual(await two.eventTypes(user.id))
      await close()
    },
  )

  test.each(directions)(
    'a code and a mail of $first are used through $second, whose tries count there too',
    async ({ isSwapped }) => {
      const { one, two, close } = await twoOn(engine, isSwapped)
      await one.register('anna')
      const step = await one.mindmesh.auth.login(ADDRESS, PASSWORD)
      if (!step.otpRequired) throw new Error('The second step is off.')
      const { challengeId } = step
      // The mail was written by one and is sent by the other.
      const code = await two.newestCode(ADDRESS)
      const wrong = code === '000000' ? '111111' : '000000'
      for (const { mindmesh } of [one, two, one, two]) {
        await expect(
          mindmesh.auth.verifyOtp(ADDRESS, wrong, 'login', { challengeId }),
        ).rejects.toMatchObject({ code: 'otp_invalid' })
      }
      const used = await two.mindmesh.auth.verifyOtp(ADDRESS, code, 'login', { challengeId })
      expect(used.user.email).toBe(ADDRESS)
      await expect(
        one.mindmesh.auth.verifyOtp(ADDRESS, code, 'login', { challengeId }),
      ).rejects.toThrow()
      expect(await one.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
      await close()
    },
  )

  test.each(directions)(
    'a limit is counted over $first and $second together',
    async ({ isSwapped }) => {
      const { one, two, close } = await twoOn(engine, isSwapped)
      const apis = [one.mindmesh.withContext(context), two.mindmesh.withContext(context)]
      const refusals: unknown[] = []
      for (let turn = 0; turn < 12; turn += 1) {
        const api = apis[turn % 2]
        await api?.auth.login(`nobody${turn}@example.com`, PASSWORD).catch((error: unknown) => {
          refusals.push(error instanceof Error && 'code' in error ? error.code : error)
        })
      }
      expect(refusals.filter((code) => code === 'rate_limited')).toHaveLength(2)
      await close()
    },
  )

  test.each(directions)(
    'an identity that is linked through $first is found and unlinked through $second',
    async ({ isSwapped }) => {
      const { one, two, clock, close } = await twoOn(engine, isSwapped)
      const user = await one.register('anna')
      const account = {
        provider: 'hub',
        subject: 'Case-Matters',
        userId: user.id,
        email: ADDRESS,
        createdAt: clock.now(),
      }
      expect(await one.store.accounts.link({ account, expected: null }, {})).toBe('linked')
      const identity = { provider: 'hub', subject: 'Case-Matters' }
      expect(await two.store.accounts.listByUser(user.id)).toEqual([account])
      expect(await two.store.accounts.findUser(identity)).toMatchObject({ id: user.id })
      expect(await two.store.accounts.findUser({ ...identity, subject: 'case-matters' })).toBeNull()
      expect(await two.store.accounts.link({ account, expected: null }, {})).toBe('account_taken')
      const unlink = { ...identity, userId: user.id, at: clock.now() }
      expect(await two.store.accounts.unlink(unlink, {})).toBe('unlinked')
      expect(await one.store.accounts.findUser(identity)).toBeNull()
      await close()
    },
  )
})
