import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MindmeshAuth } from '@mindmesh/auth'
import { defineSetup } from '@mindmesh/auth-cli'
import { drizzleSqlite, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import { captureMailer } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SECRETS } from '../support/instance.ts'
import { appMaker, type CliApp } from './support/cli-app.ts'
import { runMindmesh } from './support/run-mindmesh.ts'

let apps: Awaited<ReturnType<typeof appMaker>>
let app: CliApp
beforeAll(async () => {
  apps = await appMaker()
})
afterAll(() => apps.remove())
beforeEach(() => {
  app = apps.make()
})
afterEach(async () => app.close())

function writeSetup(name: string, source: string): void {
  writeFileSync(join(app.folder, name), source)
}

test('setup: defineSetup takes an instance whose users have columns of their own', () => {
  const users = sqliteTable('users', { ...userColumns(), firstName: text('first_name').notNull() })
  const mindmesh = new MindmeshAuth({
    adapter: drizzleSqlite(drizzle(new Database(':memory:')), { users }),
    mailer: captureMailer(),
    config: SECRETS,
    env: {},
  })
  expect(defineSetup({ mindmesh }).mindmesh).toBe(mindmesh)
})

test('setup: TypeScript, whose types no Node of today strips, and a default export', async () => {
  await app.register('anna')
  rmSync(join(app.folder, 'mindmesh.config.mjs'))
  writeSetup(
    'mindmesh.config.ts',
    `import { defineSetup } from '@mindmesh/auth-cli'
    import { mindmesh, name } from './parts.js'
    enum Colour { Red = 'red' }
    export default defineSetup({ mindmesh, close: () => console.error(name, Colour.Red satisfies string) })`,
  )
  writeSetup(
    'parts.ts',
    `import { MindmeshAuth } from '@mindmesh/auth'
    import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
    import { consoleMailer } from '@mindmesh/auth-mailers/console'
    import Database from 'better-sqlite3'
    import { drizzle } from 'drizzle-orm/better-sqlite3'
    export const name: string = 'closed'
    export const mindmesh = new MindmeshAuth({
      adapter: drizzleSqlite(drizzle(new Database('app.db'))), mailer: consoleMailer() })`,
  )
  const { code, stdout, stderr } = await app.run('users', 'list', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'closed red\n' })
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ email: 'anna@example.com' }] })
})

test('setup: another file and other variables, by flags; what is set already stays', async () => {
  writeSetup('other.mjs', `export * from './mindmesh.config.mjs'\nconsole.error(process.env.WHO)`)
  writeSetup('.env.other', 'WHO=file\nDATABASE_URL=app.db\n')
  const args = ['users', 'list', '--config', 'other.mjs', '--dotenv', '.env.other']
  const env = { AUTH_JWT_SECRET: SECRETS.jwtSecret, AUTH_REFRESH_SECRET: SECRETS.refreshSecret }
  const fromFile = await runMindmesh(args, { cwd: app.folder, env })
  expect(fromFile).toMatchObject({ code: 0, stderr: 'file\n' })
  const set = await runMindmesh(args, { cwd: app.folder, env: { ...env, WHO: 'shell' } })
  expect(set).toMatchObject({ code: 0, stderr: 'shell\n' })
})

test.each([
  ['export const something = 1', 2, /must export \{ mindmesh \}/],
  ['export default { mindmesh: {} }', 2, /must export \{ mindmesh \}/],
  ['throw new Error("it broke")', 1, /it broke/],
  ['import "./nowhere.mjs"', 1, /nowhere\.mjs/],
])('setup: %s is told', async (source, expected, why) => {
  writeSetup('mindmesh.config.mjs', source)
  const { code, stderr } = await app.run('users', 'list')
  expect({ code }).toEqual({ code: expected })
  expect(stderr).toMatch(why)
})

test('setup: wrong options are all named, and no secret is shown', async () => {
  const env = { AUTH_JWT_SECRET: 'too-short-and-secret', SESSION_DAYS: 'many' }
  const { code, stderr } = await runMindmesh(['users', 'list'], { cwd: app.folder, env })
  expect(code).toBe(1)
  expect(stderr).toMatch(/AUTH_JWT_SECRET[^]*SESSION_DAYS/)
  expect(stderr).not.toContain('too-short-and-secret')
})
