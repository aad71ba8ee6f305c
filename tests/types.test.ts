import { MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import type { MySql2Database } from 'drizzle-orm/mysql2'
import type { PgliteDatabase } from 'drizzle-orm/pglite'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { sqliteTable, text, type BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import { expect, expectTypeOf, test } from 'vitest'
import { fakeProvider } from './support/fake-provider.ts'
import { PASSWORD, SECRETS } from './support/instance.ts'

test('types: the app’s own columns are typed from its table, and no user has a password hash', async () => {
  const users = sqliteTable('users', {
    ...userColumns(),
    firstName: text('first_name').notNull(),
    role: text('role').notNull().default('user'),
  })
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  client.exec(`alter table users add column first_name text not null default ''`)
  client.exec(`alter table users add column role text not null default 'user'`)
  const mindmesh = new MindmeshAuth({
    adapter: drizzleSqlite(db, { users }),
    mailer: captureMailer(),
    passwordHasher: fastHasher(),
    config: SECRETS,
    env: {},
  })
  // Never called: what must not compile is the test.
  const refused = async (): Promise<void> => {
    // @ts-expect-error firstName is required
    await mindmesh.auth.register('a@example.com', PASSWORD)
    // @ts-expect-error firstName is required
    await mindmesh.auth.register('a@example.com', PASSWORD, { role: 'admin' })
    const adapter = drizzleSqlite(db, { users })
    const options = { adapter, mailer: captureMailer() }
    // @ts-expect-error somebody who comes from a provider has a firstName too
    void new MindmeshAuth({ ...options, providers: [fakeProvider('hub')] })
    void new MindmeshAuth({
      ...options,
      providers: [fakeProvider('hub')],
      // @ts-expect-error firstName is required
      profileFor: ({ givenName }) => ({ role: givenName ?? 'user' }),
    })
    void new MindmeshAuth({
      ...options,
      providers: [fakeProvider('hub')],
      profileFor: async ({ givenName, provider }) => ({ firstName: givenName ?? provider }),
    })
    void new MindmeshAuth({
      adapter: memoryStore(),
      mailer: captureMailer(),
      providers: [fakeProvider('hub')],
    })
    // @ts-expect-error the library's own columns are not the profile's
    await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', passwordHash: 'x' })
  }
  expect(refused).toBeTypeOf('function')
  const user = await mindmesh.auth.register('anna@example.com', PASSWORD, { firstName: 'Anna' })
  expectTypeOf(user.firstName).toEqualTypeOf<string>()
  expectTypeOf(user).not.toHaveProperty('passwordHash')
  expect(user).toMatchObject({ firstName: 'Anna', role: 'user', email: 'anna@example.com' })
  expect(user).not.toHaveProperty('passwordHash')
  await mindmesh.close()
})

test('types: the adapter takes every instance on better-sqlite3, and none of another driver', () => {
  const schema = { users: sqliteTable('users', userColumns()) }
  // Never called: what must not compile is the test.
  const taken = (dbs: {
    plain: BetterSQLite3Database
    withSchema: BetterSQLite3Database<typeof schema>
    unknown: BetterSQLite3Database<Record<string, unknown>>
    asynchronous: BaseSQLiteDatabase<'async', unknown, typeof schema>
    remote: LibSQLDatabase<typeof schema>
  }): void => {
    for (const db of [dbs.plain, dbs.withSchema, dbs.unknown]) drizzleSqlite(db, schema)
    // @ts-expect-error its queries have to be awaited
    drizzleSqlite(dbs.asynchronous)
    // @ts-expect-error likewise
    drizzleSqlite(dbs.remote)
  }
  expect(taken).toBeTypeOf('function')
})

test('types: the users table of an app may have any name', async () => {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  client.exec('alter table users rename to people')
  const people = sqliteTable('people', userColumns())
  const store = drizzleSqlite(db, { users: people })
  await store.assertSchema()
  const mindmesh = new MindmeshAuth({
    adapter: store,
    mailer: captureMailer(),
    passwordHasher: fastHasher(),
    config: SECRETS,
    env: {},
  })
  const user = await mindmesh.auth.register('anna@example.com', PASSWORD)
  expect(await mindmesh.user.getById(user.id)).toEqual(user)
  // The unique index is recognised under the table's own name.
  await expect(mindmesh.auth.register('anna@example.com', PASSWORD)).rejects.toMatchObject({
    code: 'email_taken',
  })
  await mindmesh.close()
})

test('types: no adapter takes an instance of another dialect', () => {
  // Never called: what must not compile is the test.
  const taken = (dbs: {
    sqlite: BetterSQLite3Database<Record<string, unknown>>
    postgres: PostgresJsDatabase<Record<string, unknown>>
    pglite: PgliteDatabase
    mysql: MySql2Database<Record<string, unknown>>
  }): void => {
    drizzlePostgres(dbs.postgres)
    drizzlePostgres(dbs.pglite)
    drizzleMysql(dbs.mysql)
    // @ts-expect-error of another dialect
    drizzlePostgres(dbs.mysql)
    // @ts-expect-error of another dialect
    drizzlePostgres(dbs.sqlite)
    // @ts-expect-error of another dialect
    drizzleMysql(dbs.postgres)
    // @ts-expect-error of another dialect
    drizzleMysql(dbs.sqlite)
    // @ts-expect-error of another dialect
    drizzleSqlite(dbs.mysql)
    // @ts-expect-error of another dialect
    drizzleSqlite(dbs.pglite)
  }
  expect(taken).toBeTypeOf('function')
})
