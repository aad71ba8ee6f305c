import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzlePostgres, migrate, userColumns, userId } from '@mindmesh/auth-drizzle/postgres'
import { ConfigError, type AuthStore, type User } from '@mindmesh/auth/ports'
import { Cache } from 'drizzle-orm/cache/core'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { integer, pgSchema, pgTable, text, withReplicas } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createDatabase,
  hasPostgres,
  openPostgres,
  type PostgresTest,
} from '../support/postgres.ts'

async function problemsOf(store: AuthStore): Promise<readonly string[]> {
  const error: unknown = await store.assertSchema().catch((reason: unknown) => reason)
  return error instanceof ConfigError ? error.problems.map(({ field }) => field) : []
}

async function registerIn(store: AuthStore, profile: object = {}): Promise<User> {
  const { make } = contractContext(store)
  const outcome = await store.users.register(
    { user: make.newUser(), profile, account: null, reservation: make.reservation() },
    {},
  )
  if (outcome.status !== 'registered') throw new Error(outcome.status)
  return outcome.user
}

describe.runIf(hasPostgres)('migrate on postgres', () => {
  test('several that start at once: the tables are made once', async () => {
    const url = await createDatabase()
    const client = postgres(url, { max: 8, onnotice: () => undefined })
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(async () => migrate(drizzle(client))))
    const applied = await client`select hash from __mindmesh_auth_migrations`
    expect(applied).toHaveLength(1)
    await client.end()
  })

  test('a search path: everything is made and found in its first schema', async () => {
    const url = await createDatabase()
    const client = postgres(url, { connection: { search_path: 'auth,public' } })
    await client`create schema auth`
    const db = drizzle(client)
    await migrate(db)
    await migrate(db)
    const tables = await client`
      select distinct schemaname from pg_tables
      where tablename = 'users' or tablename like 'auth\\_%' or tablename like '%migrations'`
    expect(tables).toEqual([{ schemaname: 'auth' }])
    const store = drizzlePostgres(db)
    expect(await problemsOf(store)).toEqual([])
    const user = await registerIn(store)
    expect(await store.users.findByEmail(user.email)).toEqual(user)
    await client.end()
  })

  test('a step that fails leaves nothing behind, and can be taken again', async () => {
    const url = await createDatabase()
    const client = postgres(url)
    await client`create table auth_sessions (id text)`
    await expect(migrate(drizzle(client))).rejects.toThrow('could not carry out migrate')
    expect(await client`select tablename from pg_tables where schemaname = 'public'`).toEqual([
      { tablename: 'auth_sessions' },
    ])
    await client`drop table auth_sessions`
    await migrate(drizzle(client))
    expect(await problemsOf(drizzlePostgres(drizzle(client)))).toEqual([])
    await client.end()
  })
})

describe.runIf(hasPostgres)('the app’s own users table on postgres', () => {
  const people = pgSchema('crm').table('people', {
    ...userColumns(),
    firstName: text('first_name').notNull(),
    tags: text('tags').array().notNull().default([]),
    level: integer('level').notNull().default(1),
  })

  test('another name and another schema: its columns are written and read', async () => {
    const { client, db, close } = await openPostgres()
    await client`create schema crm`
    await client`create table crm.people (like users including all)`
    await client`alter table crm.people
      add first_name text not null, add tags text[] not null default '{}', add level int not null default 1`
    const store = drizzlePostgres(db, { users: people })
    expect(await problemsOf(store)).toEqual([])
    const user = await registerIn(store, { firstName: 'Anna', level: 3 })
    expect(user).toMatchObject({ firstName: 'Anna', level: 3, tags: [] })
    const { make, now } = contractContext(store, { series: 1 })
    const session = make.newSession(user)
    const expected = { email: user.email, passwordVersion: 0 }
    expect(await store.sessions.open({ session, expected }, {})).toBe('opened')
    expect((await store.sessions.find(session.id))?.user).toEqual({ ...user, lastSignedInAt: now })
    const block = { userId: user.id, at: now, reason: null, keepPurposes: [] }
    expect(await store.users.block(block, {})).toBe('blocked')
    await client`drop schema crm cascade`
    await close()
  })

  test('a column made by userId: its index serves a join with the users, which that of plain text does not', async () => {
    const { client, db, close } = await openPostgres({ max: 1 })
    const posts = pgTable('posts', { byText: text('by_text'), byUser: userId('by_user') })
    const { byText, byUser } = posts
    await client.unsafe(`
      set enable_seqscan = off;
      create table posts (by_text ${byText.getSQLType()}, by_user ${byUser.getSQLType()});
      create index posts_by_text on posts (by_text);
      create index posts_by_user on posts (by_user)`)
    const planOf = async (column: string): Promise<string> => {
      const join = `select * from users join posts on posts.${column} = users.id where users.id = 'x'`
      return JSON.stringify(await client.unsafe(`explain (format json) ${join}`))
    }
    expect(await planOf('by_user')).toContain('posts_by_user')
    expect(await planOf('by_text')).not.toContain('posts_by_text')
    expect(await db.select().from(posts)).toEqual([])
    await client`drop table posts`
    await close()
  })

  test('a column that the app’s table requires and the profile does not give: a StoreError, nothing written', async () => {
    const { client, db, close } = await openPostgres()
    await client`create schema crm`
    await client`create table crm.people (like users including all)`
    await client`alter table crm.people
      add first_name text not null, add tags text[] not null default '{}', add level int not null default 1`
    const store: AuthStore = drizzlePostgres(db, { users: people })
    await expect(registerIn(store)).rejects.toThrow('could not carry out users.register')
    expect(await store.users.list({ after: null, limit: 10 })).toEqual([])
    await client`drop schema crm cascade`
    await close()
  })
})

describe.runIf(hasPostgres)('assertSchema on postgres', () => {
  test('without tables: names each of them', async () => {
    const client = postgres(await createDatabase())
    expect(await problemsOf(drizzlePostgres(drizzle(client)))).toEqual([
      'users',
      'auth_sessions',
      'auth_codes',
      'auth_accounts',
      'auth_rate_limits',
      'auth_events',
      'auth_outbox',
    ])
    await client.end()
  })

  test('missing columns, wrong types and missing unique indexes: names all at once, and what to run', async () => {
    const client = postgres(await createDatabase(), { onnotice: () => undefined })
    const db = drizzle(client)
    await migrate(db)
    await client.unsafe(`
      alter table auth_codes drop column payload;
      alter table auth_rate_limits alter column hits type text;
      alter table auth_events alter column created_at type timestamp;
      alter table auth_accounts drop constraint auth_accounts_provider_subject_pk;
      create unique index on auth_accounts (provider, subject) where email is not null;
      alter table users drop constraint users_email_unique;
      create unique index on users (lower(email));
      drop index auth_codes_purpose_subject;
      create unique index on auth_codes (subject, purpose)`)
    const store = drizzlePostgres(db)
    expect(await problemsOf(store)).toEqual([
      'users.email',
      'auth_codes.payload',
      'auth_accounts.provider+subject',
      'auth_rate_limits.hits',
      'auth_events.created_at',
    ])
    await expect(store.assertSchema()).rejects.toThrow(
      /auth_rate_limits.hits: is text and must be integer; run `await migrate\(db\)`/,
    )
    await client.end()
  })
})

/** A cache as an app may give to its drizzle: it keeps every answer. */
class KeepEverything extends Cache {
  readonly kept = new Map<string, unknown[]>()
  override strategy(): 'all' {
    return 'all'
  }
  override async get(key: string): Promise<unknown[] | undefined> {
    return this.kept.get(key)
  }
  override async put(key: string, response: unknown[]): Promise<void> {
    this.kept.set(key, response)
  }
  override async onMutate(): Promise<void> {}
}

describe.runIf(hasPostgres)('what an app’s drizzle may have besides', () => {
  test('a cache: is never asked, so a session that has ended has ended', async () => {
    const { client, close } = await openPostgres()
    const cache = new KeepEverything()
    const store = drizzlePostgres(drizzle(client, { cache }))
    const user = await registerIn(store)
    const { make, now } = contractContext(store, { series: 1 })
    const session = make.newSession(user)
    const expected = { email: user.email, passwordVersion: user.passwordVersion }
    await store.sessions.open({ session, expected }, {})
    expect(await store.sessions.find(session.id)).toMatchObject({ session })
    await store.sessions.revoke({ sessionId: session.id, at: now, reason: 'logout' }, {})
    expect(await store.sessions.find(session.id)).toMatchObject({ session: { revokedAt: now } })
    expect(await store.users.list({ after: null, limit: 10 })).toHaveLength(1)
    expect(cache.kept.size).toBe(0)
    await close()
  })

  test('read replicas: only the primary is asked', async () => {
    const primary = await openPostgres()
    const lagging = postgres(await createDatabase())
    const db = withReplicas(primary.db, [drizzle(lagging)])
    await migrate(db)
    const store = drizzlePostgres(db)
    const user = await registerIn(store)
    expect(await store.users.findById(user.id)).toEqual(user)
    expect(await problemsOf(store)).toEqual([])
    await Promise.all([primary.close(), lagging.end()])
  })
})

describe.runIf(hasPostgres)('contract on node-postgres', () => {
  const telling = contractCases.filter(({ name }) =>
    /^(users.(register|changeEmail|delete)|sessions.(open|rotate|find)|codes|rateLimits|outbox)/.test(
      name,
    ),
  )
  let opened: PostgresTest
  let pool: Pool
  beforeAll(async () => {
    opened = await openPostgres()
    pool = new Pool({ connectionString: opened.url, max: 10 })
  })
  beforeEach(async () => opened.empty())
  afterAll(async () => {
    await pool.end()
    await opened.close()
  })

  test.each(telling)('$name', async ({ run }) => {
    expect(await run(contractContext(drizzlePostgres(drizzlePg(pool))))).toBeUndefined()
  })
})
