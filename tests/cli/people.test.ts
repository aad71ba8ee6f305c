import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { appMaker, type CliApp } from './support/cli-app.ts'

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

async function eventTypes(): Promise<readonly string[]> {
  const { items } = await app.mindmesh.events.list({ limit: 500 })
  return items.map(({ type, userAgent }) => `${type} by ${userAgent}`).toReversed()
}

test('users list: pages in the order of registration, and the tables people read', async () => {
  const ids = [await app.register('anna'), await app.register('ben'), await app.register('cleo')]
  const first = await app.json('users', 'list', '--limit', '2')
  expect(first).toMatchObject({ items: [{ id: ids[0] }, { id: ids[1] }], nextCursor: ids[1] })
  const second = await app.json('users', 'list', '--cursor', ids[1] ?? '')
  expect(second).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null })
  expect(JSON.stringify([first, second])).not.toMatch(/argon2|fast|passwordHash/)
  const { stdout } = await app.run('users', 'list', '--limit', '2')
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[1]).toMatch(new RegExp(`^${ids[0]} +anna@example\\.com +not verified +20`))
  expect(lines[3]).toBe(`More with: --cursor ${ids[1]}`)
})

test('users show: by id and by address, with how many sessions live', async () => {
  const id = await app.register('anna')
  await app.signIn('anna')
  const expected = { id, email: 'anna@example.com', blockedAt: null, liveSessions: 1 }
  expect(await app.json('users', 'show', id)).toMatchObject(expected)
  expect(await app.json('users', 'show', 'ANNA@example.com')).toMatchObject(expected)
  const { stdout } = await app.run('users', 'show', id)
  expect(stdout).toMatch(/email +anna@example\.com\n/)
})

test('users block: asks, ends sessions, tells the owner by mail; unblock lifts it', async () => {
  const id = await app.register('anna')
  await app.signIn('anna')
  const refused = await app.run('users', 'block', id)
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('--yes')
  expect((await app.mindmesh.user.getById(id))?.blockedAt).toBeNull()
  const blocked = await app.json('users', 'block', 'anna@example.com', '--reason', 'spam', '--yes')
  expect(blocked).toMatchObject({ id, blockedReason: 'spam' })
  expect(await app.mindmesh.session.list(id)).toEqual([])
  expect(readFileSync(join(app.folder, 'mailbox', mailboxFile()), 'utf8')).toContain('blocked')
  await app.json('users', 'unblock', id)
  expect((await app.mindmesh.user.getById(id))?.blockedAt).toBeNull()
  const types = await eventTypes()
  expect(types.slice(-2)).toEqual([
    'ACCOUNT_BLOCKED by mindmesh command',
    'ACCOUNT_UNBLOCKED by mindmesh command',
  ])
})

function mailboxFile(): string {
  const files = readdirSync(join(app.folder, 'mailbox')).filter((name) => name.endsWith('.eml'))
  expect(files).toHaveLength(1)
  return files[0] ?? ''
}

test('users verify: marks the address', async () => {
  const id = await app.register('anna')
  const user = await app.json('users', 'verify', id)
  expect(user).toMatchObject({ id, emailVerifiedAt: expect.stringMatching(/^20/) })
})

test('users export: to stdout or a new private file, never over one that is there', async () => {
  const id = await app.register('anna')
  await app.signIn('anna')
  const { stdout } = await app.run('users', 'export', id)
  expect(JSON.parse(stdout)).toMatchObject({ user: { id }, sessions: [{ userId: id }] })
  const file = join(app.folder, 'anna.json')
  await app.json('users', 'export', id, '--output', 'anna.json')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ user: { id } })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, 'mine')
  const again = await app.run('users', 'export', id, '--output', 'anna.json')
  expect(again).toMatchObject({ code: 1, stderr: 'mindmesh: anna.json is there already.\n' })
  expect(readFileSync(file, 'utf8')).toBe('mine')
})

test('users delete: asks, and the person is gone', async () => {
  const id = await app.register('anna')
  expect((await app.run('users', 'delete', id)).code).toBe(2)
  expect(await app.mindmesh.user.getById(id)).not.toBeNull()
  expect(await app.json('users', 'delete', id, '--yes')).toEqual({ deleted: id })
  expect(await app.mindmesh.user.getById(id)).toBeNull()
})

test('users export: one that failed leaves no file that would stand in the way', async () => {
  const id = await app.register('anna')
  const client = new Database(join(app.folder, 'app.db'))
  const rename = (from: string, to: string) => client.exec(`alter table ${from} rename to ${to}`)
  const args = ['users', 'export', id, '--output', 'anna.json']
  rename('auth_sessions', 'away')
  expect((await app.run(...args)).stderr).toContain('The database could not')
  rename('away', 'auth_sessions')
  client.close()
  expect((await app.run(...args)).code).toBe(0)
})

test('sessions: listed with their device; one ends, or all but one', async () => {
  const id = await app.register('anna')
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const laptop = await app.signIn('anna', { userAgent, ipAddress: '203.0.113.7' })
  const phone = await app.signIn('anna')
  const tablet = await app.signIn('anna')
  const listed = await app.json('sessions', 'list', id)
  expect(listed).toMatchObject([{ id: tablet }, { id: phone }, { id: laptop }])
  expect(JSON.stringify(listed)).not.toContain('refreshSalt')
  const { stdout } = await app.run('sessions', 'list', 'anna@example.com')
  expect(stdout).toMatch(new RegExp(`${laptop} +Firefox on Linux +203\\.0\\.113\\.7`))
  expect((await app.run('sessions', 'revoke', phone)).code).toBe(2)
  expect(await app.json('sessions', 'revoke', phone, '--yes')).toEqual({ revoked: phone })
  const others = ['--user', id, '--except', laptop, '--yes']
  expect(await app.json('sessions', 'revoke', ...others)).toEqual({ userId: id, except: laptop })
  expect(await app.json('sessions', 'list', id)).toMatchObject([{ id: laptop }])
  await app.json('sessions', 'revoke', '--user', 'anna@example.com', '--yes')
  const none = await app.run('sessions', 'list', id)
  expect(none).toMatchObject({ code: 0, stdout: 'No live session.\n' })
})

test('events list: filters by person, type and time', async () => {
  const anna = await app.register('anna')
  await app.register('ben')
  await app.mindmesh.auth.login('anna@example.com', `not ${PASSWORD}`).catch(() => undefined)
  const ofAnna = await app.json('events', 'list', '--user', 'anna@example.com')
  expect(ofAnna).toMatchObject({
    items: [
      { type: 'LOGIN_FAILED', userId: anna, metadata: { reason: 'wrong_password' } },
      { type: 'REGISTRATION_SUCCESS', userId: anna },
    ],
    nextCursor: null,
  })
  const registered = await app.json('events', 'list', '--type', 'registration_success')
  expect(registered).toMatchObject({ items: [{}, { userId: anna }] })
  expect(await app.json('events', 'list', '--until', '1h')).toMatchObject({ items: [] })
  expect(await app.json('events', 'list', '--since', '1h')).toMatchObject({ items: [{}, {}, {}] })
  const { stdout } = await app.run('events', 'list', '--user', anna, '--limit', '1')
  expect(stdout).toMatch(/LOGIN_FAILED +[\w-]{36} +reason=wrong_password\nMore with: --cursor/)
})
