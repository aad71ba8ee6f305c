import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
let folder: string

beforeAll(() => {
  // Inside the workspace, so that the packages are found as an app would find them.
  mkdirSync(join(root, 'tests/.snippets'), { recursive: true })
  folder = mkdtempSync(join(root, 'tests/.snippets/run-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function blocksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1] ?? '')
}

test('docs: every program on a page compiles', () => {
  const blocks = pages.flatMap(blocksOf)
  expect(blocks.length).toBeGreaterThan(2)
  blocks.forEach((block, n) => writeFileSync(join(folder, `block-${n}.ts`), block))
  const config = { extends: join(root, 'tsconfig.check.json'), include: ['*.ts'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  expect(execFileSync('node', [tsc, '-p', folder], { encoding: 'utf8' })).toBe('')
})

test('docs: the first program of the README runs', async () => {
  const [program = ''] = blocksOf('README.md')
  const here = process.cwd()
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.stubEnv('AUTH_JWT_SECRET', 'a'.repeat(32))
  vi.stubEnv('AUTH_REFRESH_SECRET', 'b'.repeat(32))
  const path = join(folder, 'program.ts')
  writeFileSync(
    path,
    program
      .replace("'app.db'", JSON.stringify(join(folder, 'app.db')))
      .replaceAll("'mailbox'", JSON.stringify(join(folder, 'mailbox'))),
  )
  await import(pathToFileURL(path).href)
  expect(log).toHaveBeenCalledWith('anna@example.com is signed in')
  expect(process.cwd()).toBe(here)
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('docs: every link between the pages leads somewhere', () => {
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8')
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(() => readFileSync(join(root, page, '..', link))).not.toThrow()
    }
    for (const [, file = ''] of text.matchAll(/`(tests\/[\w./-]+)`/g)) {
      expect(() => readFileSync(join(root, file))).not.toThrow()
    }
  }
})

test('docs: every error code and every type of event has its row', () => {
  const source = (file: string): string =>
    readFileSync(join(root, 'packages/core/src', file), 'utf8')
  const errors = [...source('errors.ts').matchAll(/^ {2}\| '(\w+)'/gm)].map((m) => m[1] ?? '')
  const events = [...source('ports/entities.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
    (m) => m[1] ?? '',
  )
  expect(errors.length).toBeGreaterThan(10)
  expect(events.length).toBeGreaterThan(14)
  for (const code of errors)
    expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toContain(`\`${code}\``)
  for (const type of events)
    expect(readFileSync(join(root, 'docs/events.md'), 'utf8')).toContain(`\`${type}\``)
})
