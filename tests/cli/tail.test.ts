import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { appMaker, type CliApp } from './support/cli-app.ts'
import { bareEnv, MINDMESH } from './support/run-mindmesh.ts'

let apps: Awaited<ReturnType<typeof appMaker>>
let app: CliApp
beforeAll(async () => {
  apps = await appMaker()
  app = apps.make()
})
afterAll(async () => {
  await app.close()
  apps.remove()
})

interface Tail {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  lines(): readonly string[]
}

function tail(...args: string[]): Tail {
  const child = spawn(process.execPath, [MINDMESH, 'events', 'tail', '--interval', '1', ...args], {
    cwd: app.folder,
    env: bareEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return { child, lines: () => text.split('\n').filter((line) => line !== '') }
}

test('events tail: shows the last ones, then each new one once, and ends when told', async () => {
  for (const name of ['anna', 'ben', 'cleo']) await app.register(name)
  const { child, lines } = tail('--last', '2', '--json')
  const typesOf = () => lines().map((line) => JSON.parse(line))
  await vi.waitFor(() => expect(lines()).toHaveLength(2), { timeout: 20_000 })
  const dora = await app.register('dora')
  await app.mindmesh.user.markEmailVerified(dora)
  await vi.waitFor(() => expect(lines()).toHaveLength(4), { timeout: 20_000 })
  expect(typesOf().slice(2)).toMatchObject([
    { type: 'REGISTRATION_SUCCESS', userId: dora },
    { type: 'EMAIL_VERIFIED', userId: dora },
  ])
  // Two more looks at the database, and nothing is shown again.
  const erik = await app.register('erik')
  await vi.waitFor(() => expect(lines()).toHaveLength(5), { timeout: 20_000 })
  expect(new Set(typesOf().map(({ id }) => id)).size).toBe(5)
  expect(typesOf().at(-1)).toMatchObject({ userId: erik })
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([0, null])
})

test('events tail: narrows to a person and a type, in lines for people', async () => {
  const fred = await app.register('fred')
  const { child, lines } = tail('--last', '0', '--user', fred, '--type', 'LOGIN_FAILED')
  // The tail may not listen yet: whatever came before it does is not shown.
  await vi.waitFor(
    async () => {
      await app.register(`x${randomUUID()}`)
      await app.mindmesh.auth.login('fred@example.com', 'wrong password').catch(() => undefined)
      expect(lines().length).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 2000 },
  )
  const line = new RegExp(
    `^20[\\d-]+ [\\d:]+Z {2}LOGIN_FAILED {2}${fred} {2}reason=wrong_password$`,
  )
  for (const each of lines()) expect(each).toMatch(line)
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
})

test('events tail: ends without a complaint when nobody reads any more', async () => {
  await app.register('gina')
  const { child, lines } = tail('--last', '1', '--json')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  await vi.waitFor(() => expect(lines()).toHaveLength(1), { timeout: 20_000 })
  const closed = once(child, 'close')
  child.stdout.destroy()
  let hasEnded = false
  const ended = closed.then(() => {
    hasEnded = true
  })
  // The first line after that finds nobody.
  await vi.waitFor(
    async () => {
      await app.register(`x${randomUUID()}`)
      expect(hasEnded).toBe(true)
    },
    { timeout: 20_000, interval: 500 },
  )
  await ended
  expect({ closed: await closed, stderr }).toEqual({ closed: [0, null], stderr: '' })
})
