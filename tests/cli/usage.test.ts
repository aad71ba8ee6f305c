import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT } from '../../packages/cli/src/exit.ts'
import { createProgram } from '../../packages/cli/src/program.ts'
import { appMaker, emptyFolder, type CliApp } from './support/cli-app.ts'
import { bareEnv, MINDMESH, runMindmesh } from './support/run-mindmesh.ts'

const COMMANDS: readonly (readonly string[])[] = [
  ['init'],
  ['migrate'],
  ['doctor'],
  ['secret'],
  ['rotate-secret'],
  ['users', 'list'],
  ['users', 'show'],
  ['users', 'block'],
  ['users', 'unblock'],
  ['users', 'verify'],
  ['users', 'export'],
  ['users', 'delete'],
  ['sessions', 'list'],
  ['sessions', 'revoke'],
  ['events', 'list'],
  ['events', 'tail'],
  ['mail', 'status'],
  ['mail', 'deliver'],
  ['mail', 'retry'],
  ['prune'],
  ['import'],
]

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

test('usage: the help names every command', async () => {
  const { code, stdout } = await app.run('--help')
  expect(code).toBe(0)
  for (const [name] of COMMANDS) expect(stdout).toContain(`  ${name} `)
})

test.each(COMMANDS.map((words) => ({ words })))(
  'usage: $words has a help of its own',
  async ({ words }) => {
    const { code, stdout, stderr } = await app.run(...words, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: mindmesh ${words.join(' ')}`)
    expect(stdout).toContain('--json')
  },
)

test('usage: the page on the command names every command, flag and exit code', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const sections = new Map(
    page.split('\n## ').map((section) => [section.slice(0, section.indexOf('\n')), section]),
  )
  const program = createProgram()
  const missing = program.options
    .map(({ long }) => long ?? '')
    .filter((flag) => !page.includes(flag))
  for (const command of program.commands) {
    const section = sections.get(command.name()) ?? ''
    const parts = command.commands.map((part) => `\`${command.name()} ${part.name()}`)
    const flags = [command, ...command.commands].flatMap((each) =>
      each.options.map(({ long }) => long ?? ''),
    )
    const named = [...parts, ...flags].filter((text) => !section.includes(text))
    missing.push(...(section === '' ? [command.name()] : named))
  }
  expect(missing).toEqual([])
  for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
})

test('usage: the version is the package’s', async () => {
  const { code, stdout } = await app.run('--version')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '0.1.0\n' })
})

test.each([
  [['nonsense'], /unknown command/],
  [['users'], /Usage: mindmesh users/],
  [['users', 'list', '--nonsense'], /unknown option/],
  [['users', 'show'], /missing required argument/],
  [['users', 'list', '--limit', '0'], /1 to 500/],
  [['users', 'list', '--limit', '5x'], /1 to 500/],
  [['events', 'list', '--since', 'yesterday'], /It must be a date/],
  [['init', '--orm', 'typeorm'], /Allowed choices/],
  [['init'], /give --orm and --engine/],
  [['sessions', 'revoke'], /either a session or --user/],
  [['sessions', 'revoke', 'x', '--except', 'y', '--yes'], /--except goes with --user/],
  [['rotate-secret', '--leaked', '--finish'], /--leaked/],
  [['users', 'list', '--config', 'nowhere.ts'], /There is no file nowhere\.ts/],
  [['users', 'list', '--dotenv', 'nowhere'], /There is no file nowhere/],
])('usage: %j ends with 2 and says why', async (args, why) => {
  const { code, stdout, stderr } = await app.run(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(why)
  expect(stderr).not.toMatch(/ {4}at /)
})

test('usage: with --json a failure is an object on stderr', async () => {
  const wrongFlag = await app.run('users', 'list', '--nonsense', '--json')
  expect(wrongFlag).toMatchObject({ code: 2, stdout: '' })
  expect(JSON.parse(wrongFlag.stderr)).toEqual({
    error: { code: 'usage', message: "unknown option '--nonsense'" },
  })
  const nobody = await app.run('users', 'show', 'nobody@example.com', '--json')
  expect(nobody).toMatchObject({ code: 1, stdout: '' })
  expect(JSON.parse(nobody.stderr)).toMatchObject({ error: { code: 'user_not_found' } })
  const badId = await app.run('users', 'show', 'no-id', '--json')
  expect(JSON.parse(badId.stderr)).toMatchObject({ error: { code: 'invalid_input' } })
})

test('usage: without a set-up file it says how to make one', async () => {
  const { folder, remove } = emptyFolder()
  const { code, stderr } = await runMindmesh(['users', 'list'], { cwd: folder })
  remove()
  expect(code).toBe(2)
  expect(stderr).toContain('mindmesh init')
})

test('usage: in a pipe there is no colour and no steering, unless colour is asked for', async () => {
  const user = await app.register('eve')
  const userAgent = '\u202egnp.exe'
  await app.mindmesh
    .withContext({ userAgent })
    .auth.login('eve@example.com', 'wrong password')
    .catch(() => undefined)
  const plain = await app.run('events', 'list', '--user', user)
  // oxlint-disable-next-line no-control-regex -- the escape of colours is looked for
  expect(plain.stdout).not.toMatch(/[\u001b\u009b\u202e]/)
  const json = await app.run('events', 'list', '--user', user, '--json')
  // oxlint-disable-next-line no-control-regex -- likewise
  expect(json.stdout).not.toMatch(/[\u001b\u009b\u202e]/)
  const { items } = JSON.parse(json.stdout)
  expect(items[0]).toMatchObject({ type: 'LOGIN_FAILED', userAgent })
  const cwd = app.folder
  const forced = await runMindmesh(['users', 'list'], { cwd, env: { FORCE_COLOR: '1' } })
  expect(forced.stdout).toContain('\u001b[')
  const env = { FORCE_COLOR: '1', NO_COLOR: '1' }
  expect((await runMindmesh(['users', 'list'], { cwd, env })).stdout).not.toContain('\u001b[')
})

test('usage: a reader that stops early is no failure', async () => {
  for (let n = 0; n < 500; n += 1) {
    const purpose = `p${n}`
    await app.mindmesh.otp.send('anna@example.com', purpose)
  }
  const child = spawn(process.execPath, [MINDMESH, 'events', 'list', '--limit', '500', '--json'], {
    cwd: app.folder,
    env: bareEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('usage: a failure stays one where nobody reads what it has to say', async () => {
  const script = `'${process.execPath}' '${MINDMESH}' "$@" 2>&1 >/dev/null | true; exit "\${PIPESTATUS[0]}"`
  const options = { cwd: app.folder, env: bareEnv(), stdio: 'ignore' } as const
  for (const [args, expected] of [
    [['users', 'show', 'nobody@example.com'], 1],
    [['users', 'list', '--nonsense'], 2],
  ] as const) {
    const child = spawn('bash', ['-c', script, 'bash', ...args], options)
    const [code] = await once(child, 'close')
    expect({ args, code }).toEqual({ args, code: expected })
  }
})

test('usage: the work goes on where nobody reads what is said besides', async () => {
  const own = apps.make()
  writeFileSync(
    join(own.folder, 'talking.mjs'),
    `export * from './mindmesh.config.mjs'
    import { setTimeout } from 'node:timers/promises'
    for (let n = 0; n < 20; n += 1) await setTimeout(20, console.error('loading'))`,
  )
  const user = await own.register('anna')
  const script = `'${process.execPath}' '${MINDMESH}' "$@" 2>&1 >/dev/null | true; exit "\${PIPESTATUS[0]}"`
  const args = ['users', 'delete', user, '--yes', '--config', 'talking.mjs']
  const options = { cwd: own.folder, env: bareEnv(), stdio: 'ignore' } as const
  const [code] = await once(spawn('bash', ['-c', script, 'bash', ...args], options), 'close')
  expect(code).toBe(0)
  expect(await own.mindmesh.user.getById(user)).toBeNull()
  await own.close()
})

test('usage: what the app itself writes to the console is not among the results', async () => {
  const own = apps.make()
  writeFileSync(
    join(own.folder, 'talking.mjs'),
    `import { consoleMailer } from '@mindmesh/auth-mailers/console'
    import { MindmeshAuth } from '@mindmesh/auth'
    import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
    import { db } from './mindmesh.config.mjs'
    console.log('loading')
    console.info('environment')
    export const mindmesh = new MindmeshAuth({ adapter: drizzleSqlite(db), mailer: consoleMailer() })`,
  )
  await own.mindmesh.otp.send('anna@example.com', 'checkout')
  const args = ['mail', 'deliver', '--json', '--config', 'talking.mjs']
  const { code, stdout, stderr } = await own.run(...args)
  await own.close()
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ sent: 1, retried: 0, failed: 0, expired: 0 })
  expect(stderr).toMatch(/loading\nenvironment\n--- Mail to anna@example\.com/)
})
