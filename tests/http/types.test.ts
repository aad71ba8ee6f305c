import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MindmeshAuth } from '@mindmesh/auth'
import { authHandler } from '@mindmesh/auth-http'
import { createAuthClient } from '@mindmesh/auth-http/client'
import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { Hono } from 'hono'
import { hc } from 'hono/client'
import * as v from 'valibot'
import { expect, expectTypeOf, test } from 'vitest'
import { PASSWORD, SECRETS } from '../support/instance.ts'
import { send } from './support/browser.ts'
import { ANNA, BASE, SITE } from './support/site.ts'

async function openHandler() {
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
    config: { ...SECRETS, dangerouslyDisableLoginOtp: true },
    env: {},
  })
  const handler = authHandler(mindmesh, {
    profile: v.strictObject({ firstName: v.string() }),
    userFields: v.object({ firstName: v.string() }),
  })
  return { mindmesh, handler }
}

type Handler = Awaited<ReturnType<typeof openHandler>>['handler']

test('own columns: what may be set and what is shown is what the app’s schemas say', async () => {
  const { mindmesh, handler } = await openHandler()
  const call = async (path: string, body: unknown, headers = {}) =>
    send(async (request) => handler.fetch(request), BASE + path, { body, headers })
  const credentials = { email: ANNA, password: PASSWORD }
  const missing = await call('/register', credentials)
  expect(missing.json).toMatchObject({ field: 'profile', reason: 'missing' })
  const asAdmin = { ...credentials, profile: { firstName: 'Anna', role: 'admin' } }
  const refused = await call('/register', asAdmin)
  expect(refused.json).toMatchObject({ field: 'profile.role', reason: 'unknown_field' })
  const good = await call('/register', { ...credentials, profile: { firstName: 'Anna' } })
  expect(good.status).toBe(202)
  const { user } = (await call('/login', { ...credentials, mode: 'token' })).json
  expect(user).toMatchObject({ firstName: 'Anna', email: ANNA })
  expect(user).not.toHaveProperty('role')
  expect(user).not.toHaveProperty('passwordVersion')
  await mindmesh.close()
})

test('types: the client knows the app’s own columns from the handler’s type', async () => {
  // Never called: what must not compile is the test.
  const compiled = async (handler: Handler): Promise<void> => {
    const client = createAuthClient<typeof handler>(BASE)
    await client.register({ email: ANNA, password: PASSWORD, profile: { firstName: 'Anna' } })
    // @ts-expect-error the profile is required
    await client.register({ email: ANNA, password: PASSWORD })
    // @ts-expect-error a role is nothing that people choose themselves
    await client.register({ email: ANNA, password: PASSWORD, profile: { role: 'admin' } })
    const { user } = await client.me()
    expectTypeOf(user.firstName).toEqualTypeOf<string>()
    expectTypeOf(user.createdAt).toEqualTypeOf<string>()
    // @ts-expect-error a role is not shown
    expect(user.role).toBeUndefined()
    const routes = hc<typeof handler.app>(BASE)
    const response = await routes.me.$get()
    expectTypeOf((await response.json()).user.firstName).toEqualTypeOf<string>()
    const app = new Hono().route('/auth', handler.app)
    const mounted = await hc<typeof app>(SITE).auth.me.$get()
    expectTypeOf((await mounted.json()).user.firstName).toEqualTypeOf<string>()
    const caller = await handler.authenticate(new Request(BASE))
    expectTypeOf(caller?.user.role).toEqualTypeOf<string | undefined>()
  }
  expect(compiled).toBeTypeOf('function')
  const without = (mindmesh: Parameters<typeof take>[0]): void => {
    // @ts-expect-error firstName is required, so a schema of the profile is
    authHandler(mindmesh)
    // @ts-expect-error a schema that does not give firstName
    authHandler(mindmesh, { profile: v.strictObject({ role: v.string() }) })
  }
  expect(without).toBeTypeOf('function')
  const plain = async (): Promise<void> => {
    const client = createAuthClient(BASE)
    // @ts-expect-error there are no own columns
    await client.register({ email: ANNA, password: PASSWORD, profile: {} })
    expectTypeOf((await client.me()).user.email).toEqualTypeOf<string>()
  }
  expect(plain).toBeTypeOf('function')
})

declare function take(mindmesh: Awaited<ReturnType<typeof openHandler>>['mindmesh']): void

test('client: its entry loads nothing of the server', () => {
  const entry = fileURLToPath(new URL('../../packages/http/src/client/index.ts', import.meta.url))
  const packages = new Set<string>()
  const files = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const code = readFileSync(file, 'utf8').replaceAll(
      /^(?:import|export) type [^]*?from '.*'$/gm,
      '',
    )
    for (const [, path = ''] of code.matchAll(/from '([^']+)'/g)) {
      if (path.startsWith('.')) visit(join(dirname(file), path))
      else packages.add(path)
    }
  }
  visit(entry)
  expect([...packages]).toEqual(['hono/client'])
  expect([...files].every((file) => file.includes('/src/client/'))).toBe(true)
})
