import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { appMaker, emptyFolder, type CliApp } from './support/cli-app.ts'
import { bareEnv, MINDMESH } from './support/run-mindmesh.ts'

/** `script` of util-linux gives a process a terminal. */
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false

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

/** Runs the command on a terminal; types each text, or what is done gives, once the screen shows what stands before it. */
async function onTerminal(
  cwd: string,
  args: readonly string[],
  ...typing: readonly (readonly [shown: RegExp, text: string | (() => string)])[]
): Promise<{ readonly code: number; readonly screen: string }> {
  const words = [process.execPath, MINDMESH, ...args].map((part) => `'${part}'`)
  const command = `stty cols 120 rows 40; exec ${words.join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: bareEnv({ TERM: 'xterm' }),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  const closed = once(child, 'close')
  for (const [shown, text] of typing) {
    await vi.waitFor(() => expect(screen).toMatch(shown), { timeout: 30_000 })
    child.stdin.write(typeof text === 'string' ? text : text())
  }
  const [code] = await closed
  return { code: Number(code), screen }
}

describe.runIf(hasScript)('on a terminal', () => {
  test('what destroys is asked about, and no is the answer that Enter gives', async () => {
    const id = await app.register('anna')
    const args = ['users', 'delete', id]
    const declined = await onTerminal(app.folder, args, [/cannot be undone/, '\r'])
    expect(declined.code).toBe(1)
    expect(declined.screen).toContain('Nothing was done.')
    const stopped = await onTerminal(app.folder, args, [/cannot be undone/, '\u0003'])
    expect(stopped.code).toBe(130)
    expect(await app.mindmesh.user.getById(id)).not.toBeNull()
    const agreed = await onTerminal(app.folder, args, [/cannot be undone/, 'y'])
    expect(agreed.code).toBe(0)
    expect(await app.mindmesh.user.getById(id)).toBeNull()
  })

  test('what was written while the question stood there is not lost', async () => {
    const [env, setup] = ['.env', 'mindmesh.config.mjs'].map((name) => join(app.folder, name))
    if (env === undefined || setup === undefined) throw new Error('There are two files.')
    const meanwhile = () => {
      appendFileSync(env, 'MINE=1\n')
      return 'y'
    }
    const rotate = await onTerminal(app.folder, ['rotate-secret'], [/fresh secrets/, meanwhile])
    expect(rotate.code).toBe(1)
    expect(rotate.screen).toContain('.env was changed meanwhile. Nothing was done.')
    writeFileSync(setup, '// mine')
    const args = ['init', '--orm', 'drizzle', '--engine', 'sqlite']
    const again = await onTerminal(app.folder, args, [/Overwrite mindmesh/, meanwhile])
    expect(again.code).toBe(1)
    expect(readFileSync(env, 'utf8')).toMatch(/MINE=1\nMINE=1\n$/)
    expect(readFileSync(setup, 'utf8')).toBe('// mine')
  })

  test('there are colours', async () => {
    await app.register('anna')
    const { screen } = await onTerminal(app.folder, ['users', 'list'])
    expect(screen).toContain('\u001b[33mnot verified')
  })

  test('an import shows how far it is', async () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `id-${n},person-${n}@example.com\n`)
    writeFileSync(join(app.folder, 'user.csv'), `id,email\n${lines.join('')}`)
    const args = ['import', 'lucia', '--from', 'user.csv']
    const { code, screen } = await onTerminal(app.folder, args, [/Import 3000 people/, 'y'])
    expect(code).toBe(0)
    expect(screen).toMatch(/Importing .*█.*of 3000/)
    expect(screen).toMatch(/imported .*3000/)
  })

  test('init asks what is not given', async () => {
    const { folder, remove } = emptyFolder()
    try {
      const typing = [
        [/What does your app store with/, '\r'],
        [/Where\?/, '\r'],
      ] as const
      expect((await onTerminal(folder, ['init'], ...typing)).code).toBe(0)
      expect(readFileSync(join(folder, 'auth-schema.mjs'), 'utf8')).toContain('sqliteTable')
    } finally {
      remove()
    }
  })
})
