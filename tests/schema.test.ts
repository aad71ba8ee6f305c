import { ConfigError, MindmeshAuth, StoreError } from '@mindmesh/auth'
import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { PASSWORD, SECRETS } from './support/instance.ts'

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof ConfigError ? error.problems.map(({ field }) => field) : []
}

test('schema: without tables assertSchema names each of them, and a call fails without SQL', async () => {
  const store = drizzleSqlite(drizzle(new Database(':memory:')))
  expect(await problemsOf(store.assertSchema())).toEqual([
    'users',
    'auth_sessions',
    'auth_codes',
    'auth_accounts',
    'auth_rate_limits',
    'auth_events',
    'auth_outbox',
  ])
  const mindmesh = new MindmeshAuth({
    adapter: store,
    mailer: captureMailer(),
    passwordHasher: fastHasher(),
    config: SECRETS,
    env: {},
  })
  const call = mindmesh.auth.login('anna@example.com', PASSWORD)
  await expect(call).rejects.toThrow(StoreError)
  await expect(call).rejects.toThrow(/^The database could not carry out [\w.]+\.$/)
})

test('schema: a missing column and a wrong type are named, and what to run', async () => {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  client.exec('alter table auth_codes drop column payload')
  client.exec('drop table auth_rate_limits')
  client.exec('create table auth_rate_limits (key text primary key, hits text, resets_at integer)')
  const users = sqliteTable('users', { ...userColumns(), nickname: text('nickname') })
  const store = drizzleSqlite(db, { users })
  expect(await problemsOf(store.assertSchema())).toEqual([
    'users.nickname',
    'auth_codes.payload',
    'auth_rate_limits.hits',
  ])
  await expect(store.assertSchema()).rejects.toThrow(/payload: the column is missing; run/)
})

test('schema: a unique index that is missing is named: without it two calls would win', async () => {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  client.exec('drop index auth_codes_purpose_subject')
  client.exec('drop index users_email_unique')
  expect(await problemsOf(drizzleSqlite(db).assertSchema())).toEqual([
    'users.email',
    'auth_codes.purpose+subject',
  ])
})
