import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { ConfigError } from '@mindmesh/auth'
import MindmeshAuth, { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AppModel, AuthStore } from '@mindmesh/auth/ports'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { describe, expect, test, vi } from 'vitest'
import { openPrismaMysql } from '../engines/prisma-mysql.ts'
import { openPrismaPostgres } from '../engines/prisma-postgres.ts'
import { createDatabase as createOnMysql, hasMysql, openMysql } from '../support/mysql.ts'
import { PASSWORD } from '../support/instance.ts'
import {
  createDatabase as createOnPostgres,
  hasPostgres,
  openPostgres,
} from '../support/postgres.ts'
import { openPlain, openShop } from './open-sqlite.ts'

const ALL_TABLES = [
  'users',
  'auth_sessions',
  'auth_codes',
  'auth_accounts',
  'auth_rate_limits',
  'auth_events',
  'auth_outbox',
]

async function problemsOf(work: Promise<unknown>): Promise<Readonly<Record<string, string>>> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const problems = error instanceof ConfigError ? error.problems : []
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]))
}

async function fieldsOf<App extends AppModel>(store: AuthStore<App>): Promise<readonly string[]> {
  return Object.keys(await problemsOf(store.assertSchema()))
}

describe('set-up of prisma on sqlite', () => {
  test('the tables of the migrations are as they must be, the app’s own users too', async () => {
    expect(await fieldsOf(prismaAdapter((await openPlain()).prisma))).toEqual([])
    expect(await fieldsOf(prismaAdapter((await openShop()).prisma))).toEqual([])
  })

  test('every difference is named at once, and what to run', async () => {
    const { client, prisma } = await openPlain()
    for (const statement of [
      'drop index users_email_unique',
      'alter table auth_codes drop column payload',
      'drop index auth_codes_purpose_subject',
      'drop table auth_rate_limits',
      'create table auth_rate_limits (key text primary key, hits text, resets_at integer)',
      'drop table auth_outbox',
    ]) {
      client.exec(statement)
    }
    const problems = await problemsOf(prismaAdapter(prisma).assertSchema())
    expect(Object.keys(problems)).toEqual([
      'users.email',
      'auth_codes.payload',
      'auth_codes.purpose+subject',
      'auth_rate_limits.hits',
      'auth_outbox',
    ])
    expect(problems['auth_codes.payload']).toMatch(/^the column is missing; apply the SQL of/)
    expect(problems['auth_rate_limits.hits']).toMatch(/^is text and must be integer/)
  })

  test('a column that Prisma Migrate calls datetime keeps milliseconds too', async () => {
    const { client, prisma } = await openPlain({
      before: [
        'drop table auth_rate_limits',
        'create table auth_rate_limits (key text not null primary key, hits integer not null, resets_at datetime not null)',
      ],
    })
    const store = prismaAdapter(prisma)
    expect(await fieldsOf(store)).toEqual([])
    const now = new Date(1_700_000_000_123)
    const input = { hits: [{ key: 'k', limit: 1, windowSeconds: 1 }], refunds: [], now }
    expect(await store.rateLimits.hit(input)).toEqual({ status: 'allowed' })
    const resetsAt = new Date(1_700_000_001_123)
    expect(await store.rateLimits.hit(input)).toEqual({ status: 'limited', key: 'k', resetsAt })
    expect(client.prepare('select resets_at from auth_rate_limits').pluck().get()).toBe(
      resetsAt.getTime(),
    )
    expect(await store.rateLimits.hit({ ...input, now: resetsAt })).toEqual({ status: 'allowed' })
  })

  test('a client that would write times as text is refused at first use', async () => {
    const { prisma } = await openPlain({ timestampFormat: 'iso8601' })
    const store = prismaAdapter(prisma)
    const problems = await problemsOf(store.users.findByEmail('anna@example.com'))
    expect(problems['PrismaBetterSqlite3']).toContain('timestampFormat')
    expect(await fieldsOf(store)).toEqual(['PrismaBetterSqlite3'])
  })

  test('a file without a write-ahead log is refused, and taken once it has one', async () => {
    const { client, prisma } = await openPlain({ journalMode: 'delete' })
    const store = prismaAdapter(prisma)
    const find = async () => store.users.findByEmail('anna@example.com')
    expect(Object.keys(await problemsOf(find()))).toEqual(['journal_mode'])
    await prisma.$disconnect()
    client.pragma('journal_mode = wal')
    expect(await find()).toBeNull()
  })

  test('a client without the models, and one of another provider, are refused when the adapter is made', async () => {
    const { prisma } = await openPlain()
    const without = Object.create(prisma, {
      _runtimeDataModel: { value: { models: {} } },
    }) as typeof prisma
    expect(() => prismaAdapter(without)).toThrow(/User: is not a model of the client/)
    const other = Object.create(prisma, { _activeProvider: { value: 'mongodb' } }) as typeof prisma
    expect(() => prismaAdapter(other)).toThrow(/its provider is mongodb/)
  })
})

describe.runIf(hasPostgres)('set-up of prisma on postgres', () => {
  test('without tables each is named; with those of the migrations none', async () => {
    const empty = openPrismaPostgres(await createOnPostgres(), 1)
    expect(await fieldsOf(prismaAdapter(empty))).toEqual(ALL_TABLES)
    await empty.$disconnect()
    const { url, client } = await openPostgres()
    const prisma = openPrismaPostgres(url, 1)
    expect(await fieldsOf(prismaAdapter(prisma))).toEqual([])
    await client.unsafe('alter table auth_codes alter column payload type json')
    await client.unsafe('alter table auth_outbox alter column sent_at set not null')
    await client.unsafe('drop index auth_codes_purpose_subject')
    expect(await fieldsOf(prismaAdapter(prisma))).toEqual([
      'auth_codes.payload',
      'auth_codes.purpose+subject',
      'auth_outbox.sent_at',
    ])
    await prisma.$disconnect()
    // Not given back: no other test wants these tables.
    await client.end()
  })

  test('a connection in another time zone is refused at first use: Prisma would store other times', async () => {
    const { url, close } = await openPostgres()
    const { PrismaPg } = await import('@prisma/adapter-pg')
    const inUtc = openPrismaPostgres(url, 1)
    const Client = inUtc.constructor as new (options: object) => typeof inUtc
    const prisma = new Client({ adapter: new PrismaPg({ connectionString: url, max: 1 }) })
    const problems = await problemsOf(prismaAdapter(prisma).users.findByEmail('anna@example.com'))
    expect(problems['TimeZone']).toContain('is Asia/Kolkata')
    expect(await prismaAdapter(inUtc).users.findByEmail('anna@example.com')).toBeNull()
    await prisma.$disconnect()
    await inUtc.$disconnect()
    await close()
  })

  test('tables in a schema that the search path does not name are found by the option', async () => {
    const url = await createOnPostgres()
    const { default: postgres } = await import('postgres')
    const { drizzle } = await import('drizzle-orm/postgres-js')
    const { migrate } = await import('@mindmesh/auth-drizzle/postgres')
    const client = postgres(url, { max: 1, connection: { search_path: 'auth' } })
    await client`create schema auth`
    await migrate(drizzle(client))
    await client.end()
    const { PrismaPg } = await import('@prisma/adapter-pg')
    const inPublic = openPrismaPostgres(url, 1)
    const Client = inPublic.constructor as new (options: object) => typeof inPublic
    const pool = { connectionString: url, max: 1, options: '-c timezone=UTC' }
    const prisma = new Client({ adapter: new PrismaPg(pool, { schema: 'auth' }) })
    const store = prismaAdapter(prisma, { schema: 'auth' })
    expect(await fieldsOf(store)).toEqual([])
    const hit = { key: 'k', limit: 1, windowSeconds: 60 }
    const input = { hits: [hit], refunds: [], now: new Date() }
    expect(await store.rateLimits.hit(input)).toEqual({ status: 'allowed' })
    expect(await store.rateLimits.hit(input)).toMatchObject({ status: 'limited' })
    expect(await fieldsOf(prismaAdapter(prisma))).toEqual(ALL_TABLES)
    await prisma.$disconnect()
    await inPublic.$disconnect()
  })
})

describe.runIf(hasMysql)('set-up of prisma on mysql', () => {
  test('without tables each is named; with those of the migrations none', async () => {
    const empty = openPrismaMysql(await createOnMysql(), 1)
    expect(await fieldsOf(prismaAdapter(empty))).toEqual(ALL_TABLES)
    await empty.$disconnect()
    const { url, close } = await openMysql()
    const prisma = openPrismaMysql(url, 1)
    expect(await fieldsOf(prismaAdapter(prisma))).toEqual([])
    await prisma.$disconnect()
    await close()
  })

  test('collations that would fold keys, as Prisma Migrate makes them, are named', async () => {
    const { url, pool } = await openMysql()
    for (const statement of [
      'alter table users modify email varchar(254) character set utf8mb4 collate utf8mb4_general_ci not null',
      'alter table auth_sessions modify id varchar(36) character set utf8mb4 collate utf8mb4_unicode_ci not null',
      'alter table auth_sessions drop index auth_sessions_user_id',
      'alter table auth_codes drop index auth_codes_purpose_subject',
      'alter table auth_codes add unique index (purpose(10), subject)',
    ]) {
      await pool.query(statement)
    }
    const prisma = openPrismaMysql(url, 1)
    const problems = await problemsOf(prismaAdapter(prisma).assertSchema())
    expect(Object.keys(problems)).toEqual([
      'users.email',
      'auth_sessions.id',
      'auth_sessions.user_id+id',
      'auth_codes.purpose+subject',
    ])
    expect(problems['users.email']).toMatch(
      /^is varchar\(254\) utf8mb4_general_ci and must be varchar\(254\) utf8mb4_bin/,
    )
    await prisma.$disconnect()
    // Not given back: no other test wants these tables.
    await pool.end()
  })
})

describe('preset of prisma', () => {
  const email = 'anna@example.com'
  const env = {
    AUTH_JWT_SECRET: 'a'.repeat(32),
    AUTH_REFRESH_SECRET: 'b'.repeat(32),
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: '2525',
    SMTP_USER: 'user',
    SMTP_PASS: 'pass',
    SMTP_FROM: 'Shop <shop@example.com>',
  }

  test('`new MindmeshAuth({ prisma })` registers and signs in, with the app’s own columns', async () => {
    const { prisma } = await openShop()
    const mailer = captureMailer()
    const mindmesh = new MindmeshAuth({ prisma, mailer, env, passwordHasher: fastHasher() })
    // Never called: what must not compile is the test.
    const refused = async (): Promise<void> => {
      // @ts-expect-error firstName is required
      await mindmesh.auth.register(email, PASSWORD)
      // @ts-expect-error the client is required
      void new MindmeshAuth({ passwordHasher: fastHasher() })
    }
    expect(refused).toBeTypeOf('function')
    await mindmesh.auth.register(email, PASSWORD, { firstName: 'Anna' })
    await mindmesh.auth.login(email, PASSWORD)
    await mindmesh.mail.deliverDue()
    const code = await vi.waitFor(() => {
      const found = mailer.sent.find((mail) => /sign-in code/.test(mail.subject))
      if (found === undefined) throw new Error('The mail is not there yet.')
      return /\b\d{6}\b/.exec(found.text)?.[0] ?? ''
    })
    const { user } = await mindmesh.auth.verifyOtp(email, code, 'login')
    expect(user).toMatchObject({ email, firstName: 'Anna' })
    await mindmesh.close()
  })

  test('mail leaves by SMTP, to the server that the environment names', async () => {
    const { prisma } = await openPlain()
    const server = createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const called = once(server, 'connection')
    for (const [name, value] of Object.entries({ ...env, SMTP_PORT: String(port) })) {
      vi.stubEnv(name, value)
    }
    const logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const mindmesh = new MindmeshAuth({ prisma, logger, passwordHasher: fastHasher() })
    await mindmesh.auth.register(email, PASSWORD)
    await mindmesh.auth.login(email, PASSWORD)
    expect(await called).toHaveLength(1)
    await mindmesh.close()
    server.close()
    vi.unstubAllEnvs()
  })

  test('what the environment lacks for mail is told when the instance is made', async () => {
    const { prisma } = await openPlain()
    const { SMTP_HOST: _, ...others } = env
    expect(() => new MindmeshAuth({ prisma, env: others })).toThrow(/SMTP_HOST/)
  })
})
