import { readFileSync } from 'node:fs'
import { drizzleMysql, migrate as migrateMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres, migrate as migratePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzleSqlite, migrate as migrateSqlite } from '@mindmesh/auth-drizzle/sqlite'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AuthStore } from '@mindmesh/auth/ports'
import Database from 'better-sqlite3'
import { drizzle as drizzleOnSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { createPool } from 'mysql2/promise'
import postgres from 'postgres'
import { describe, expect, inject, test } from 'vitest'
import { serverKinds } from './engines/server-kinds.ts'
import { openPrismaMysql } from './engines/prisma-mysql.ts'
import { openPrismaPostgres } from './engines/prisma-postgres.ts'
import { createOnServer } from './engines/server.ts'
import { PASSWORD, testInstance } from './support/instance.ts'
import { faultyPrismaSqlite } from './support/prisma-faults.ts'
import { sqliteFaults } from './support/sqlite-faults.ts'
import { startWireProxy, type Traffic } from './support/wire-proxy.ts'

/** What was sent while a flow ran: counted on the wire, or by SQLite's driver, which has no wire. */
interface Counter {
  start(): void
  stop(): Partial<Traffic> & { readonly statements: number }
}

type Counts = Readonly<
  Record<string, { readonly statements: number; readonly roundTrips?: number }>
>

const EMAIL = 'anna@example.com'

/** Runs each flow once, on an account that has signed in before from the same device. */
async function countFlows(store: AuthStore, counter: Counter): Promise<Counts> {
  const t = testInstance(store)
  const api = t.mindmesh.withContext({ ipAddress: '203.0.113.7', userAgent: 'curl/8.0' })
  const counts: Record<string, ReturnType<Counter['stop']>> = {}
  const count = async <Result>(name: string, flow: () => Promise<Result>): Promise<Result> => {
    counter.start()
    const result = await flow()
    counts[name] = counter.stop()
    return result
  }
  const signIn = async (run: typeof count) => {
    const step = await run('login', async () => api.auth.login(EMAIL, PASSWORD))
    if (!step.otpRequired) throw new Error('The second step is off.')
    const code = await t.newestCode(EMAIL)
    const { challengeId } = step
    return run('verifyOtp', async () => api.auth.verifyOtp(EMAIL, code, 'login', { challengeId }))
  }
  await count('register', async () => api.auth.register(EMAIL, PASSWORD))
  await signIn(async (_, flow) => flow())
  t.clock.advance({ minutes: 20 })
  const { accessToken, refreshToken, user } = await signIn(count)
  await count('getUserFromToken', async () => api.auth.getUserFromToken(accessToken))
  await count('refresh', async () => api.auth.refresh(refreshToken))
  const { sessionId } = await api.auth.verifyAccessToken(accessToken)
  await count('logout', async () => api.auth.logout(sessionId))
  await count('requestReset', async () => api.password.requestReset(EMAIL))
  const token = await t.newestToken(EMAIL)
  await count('reset', async () => api.password.reset(token, 'another long password'))
  await count('block', async () => api.user.block(user.id))
  await t.mindmesh.close()
  return counts
}

/** The numbers of one engine in the table of the document: `statements` or `statements / round trips`. */
function documented(engine: string): Counts {
  const text = readFileSync(new URL('../docs/statements.md', import.meta.url), 'utf8')
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const column =
    rows[0]?.findIndex((cell) => cell.toLowerCase().replace(',', '').startsWith(engine)) ?? -1
  return Object.fromEntries(
    rows.slice(2).map((cells) => {
      const [statements, roundTrips] = (cells[column] ?? '').split('/').map(Number)
      const name = cells[1]?.replaceAll('`', '') ?? ''
      return [
        name,
        { statements: statements ?? 0, ...(roundTrips === undefined ? {} : { roundTrips }) },
      ]
    }),
  )
}

/** What one two-step login sends, `begin` and `commit` left out where they are counted apart. */
function ofLogin(counts: Counts, what: 'statements' | 'roundTrips'): number {
  return (counts['login']?.[what] ?? 0) + (counts['verifyOtp']?.[what] ?? 0)
}

test('statements on sqlite: as many as the document says', async () => {
  const faults = sqliteFaults()
  const client = new Database(':memory:', { verbose: faults.verbose })
  const db = drizzleOnSqlite(client)
  await migrateSqlite(db)
  const counts = await countFlows(drizzleSqlite(db), {
    start: () => faults.arm(null),
    stop: () => ({ statements: faults.disarm() }),
  })
  client.close()
  expect(counts).toEqual(documented('sqlite'))
})

test.runIf(inject('engineRun').chosen.includes('prisma-sqlite'))(
  'statements on prisma-sqlite: as many as the document says',
  async () => {
    const { injector, store, close } = await faultyPrismaSqlite({ isBeginCounted: true })
    const counts = await countFlows(store, {
      start: () => injector.arm(null),
      stop: () => ({ statements: injector.disarm() }),
    })
    await close()
    expect(counts).toEqual(documented('prisma sqlite'))
  },
)

const openers = {
  async 'prisma-postgres'(url: string) {
    const client = postgres(url, { max: 1, onnotice: () => undefined })
    await migratePostgres(drizzleOnPostgres(client))
    await client.end()
    const prisma = openPrismaPostgres(url, 1)
    return { openStore: () => prismaAdapter(prisma), close: async () => prisma.$disconnect() }
  },
  async 'prisma-mysql'(url: string) {
    const pool = createPool({ uri: url, connectionLimit: 1 })
    await migrateMysql(drizzleOnMysql(pool))
    await pool.end()
    const prisma = openPrismaMysql(url, 1)
    return { openStore: () => prismaAdapter(prisma), close: async () => prisma.$disconnect() }
  },
  async postgres(url: string) {
    const client = postgres(url, { max: 1, onnotice: () => undefined, fetch_types: false })
    const db = drizzleOnPostgres(client)
    await migratePostgres(db)
    return { openStore: () => drizzlePostgres(db), close: async () => client.end() }
  },
  async mysql(url: string) {
    const pool = createPool({ uri: url, connectionLimit: 1 })
    const db = drizzleOnMysql(pool)
    await migrateMysql(db)
    return { openStore: () => drizzleMysql(db), close: async () => pool.end() }
  },
}

const { id: runId, servers, chosen } = inject('engineRun')

const counted = [
  { name: 'postgres', kind: 'postgres' },
  { name: 'mysql', kind: 'mysql' },
  { name: 'prisma-postgres', kind: 'postgres' },
  { name: 'prisma-mysql', kind: 'mysql' },
] as const

describe.each(counted)('statements on $name', ({ name, kind }) => {
  test.runIf(chosen.includes(name))('as many as the document says', async () => {
    const server = servers[kind]
    if (!('url' in server)) throw new Error('There is no server.')
    const { hostname, port } = new URL(server.url)
    const target = { host: hostname, port: Number(port || serverKinds[kind].port) }
    const proxy = await startWireProxy(kind, target)
    const database = await createOnServer(serverKinds[kind], {
      url: server.url,
      runId,
      async connect(url) {
        const through = new URL(url)
        through.hostname = '127.0.0.1'
        through.port = String(proxy.port)
        return openers[name](through.href)
      },
    })
    const store = database.openStore()
    // What a store asks once, at its first use, belongs to no flow.
    await store.users.findByEmail(EMAIL)
    const counts = await countFlows(store, {
      start: () => proxy.arm(null),
      stop: () => proxy.traffic(),
    })
    await database.drop()
    await proxy.close()
    expect(counts).toEqual(documented(name.replace('-', ' ')))
    if (name !== 'postgres') return
    expect(ofLogin(counts, 'statements')).toBeLessThanOrEqual(14)
    expect(counts['refresh']?.roundTrips).toBeLessThanOrEqual(2)
    expect(counts['getUserFromToken']).toEqual({ statements: 1, roundTrips: 1 })
  })
})
