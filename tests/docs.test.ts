import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AuthError, type AuthErrorCode } from '@mindmesh/auth'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseConfig } from '../packages/core/src/config.ts'
import { guessingBound } from '../packages/core/src/otp/guessing-bound.ts'
import { wordingsEn } from '../packages/core/src/mail/wordings-en.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((page) => existsSync(join(root, page)))
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

/** The text of a page from a heading to the next of its rank. */
function sectionOf(page: string, heading: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  const start = text.indexOf(`\n${heading}\n`)
  expect(start, `${page} has no “${heading}”`).toBeGreaterThanOrEqual(0)
  const rank = heading.indexOf(' ')
  const next = new RegExp(`\n#{1,${rank}} `, 'g')
  next.lastIndex = start + heading.length
  return text.slice(start, next.exec(text)?.index ?? text.length)
}

/** The rows of the tables in a text: their other cells by each name in the first one. */
function rowsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => /^\|[^|]*`/.test(line))
  return new Map(
    lines.flatMap((line) => {
      const [first = '', ...rest] = line.slice(1, -1).split(' | ')
      const cells = rest.map((cell) => cell.trim())
      return [...first.matchAll(/`([^`]+)`/g)].map((match) => [match[1] ?? '', cells] as const)
    }),
  )
}

function sourceOf(file: string): string {
  return readFileSync(join(root, 'packages/core/src', file), 'utf8')
}

/** Every member of a union of texts, or every name of an interface, as its source has it. */
function namesIn(source: string, declaration: string, pattern: RegExp): readonly string[] {
  const start = source.indexOf(declaration)
  expect(start).toBeGreaterThanOrEqual(0)
  const indent = /^ */.exec(declaration)?.[0] ?? ''
  const end = new RegExp(`\\n(?:${indent}\\}|\\n)`, 'g')
  end.lastIndex = start
  const text = source.slice(start, end.exec(source)?.index)
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '')
}

const UNION = /^ {2}\| '(\w+)'/gm
const FIELD = /^ {2}readonly (\w+)\??:/gm

/** The names in a table, in their order. */
function namesOf(rows: ReadonlyMap<string, unknown>): readonly string[] {
  return [...rows.keys()].toSorted()
}

/** Names as they should stand in a table, in their order; there are some. */
function sorted(names: readonly string[]): readonly string[] {
  expect(names.length).toBeGreaterThan(0)
  return [...new Set(names)].toSorted()
}

test('docs: every error code has its row, with its status', () => {
  const codes = namesIn(sourceOf('errors.ts'), 'export type AuthErrorCode', UNION)
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const rows = rowsOf(text.slice(text.indexOf('| code '), text.indexOf('## Reasons')))
  expect(namesOf(rows)).toEqual(sorted(codes))
  for (const [code, [status]] of rows) {
    expect(`${code} ${status}`).toBe(`${code} ${new AuthError(code as AuthErrorCode).status}`)
  }
})

test('docs: every reason of invalid_input has its row', () => {
  const core = join(root, 'packages/core/src')
  const sources = readdirSync(core, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(sourceOf)
  const reasons = sources.flatMap((source) =>
    [...source.matchAll(/invalidInput\(\s*[^,]+,\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
  )
  const policy = sourceOf('password/password-policy.ts')
  const weaknesses = /type Weakness = (.+)/.exec(policy)?.[1]?.match(/\w+/g) ?? []
  expect(weaknesses).toContain('too_short')
  const rows = rowsOf(sectionOf('docs/errors.md', '## Reasons of `invalid_input`'))
  expect(namesOf(rows)).toEqual(sorted([...reasons, ...weaknesses]))
})

test('docs: every type of event has its row', () => {
  const types = namesIn(sourceOf('ports/entities.ts'), 'export type AuthEventType', UNION)
  const text = readFileSync(join(root, 'docs/events.md'), 'utf8')
  expect(namesOf(rowsOf(text.slice(text.indexOf('| type '))))).toEqual(sorted(types))
})

test('docs: every mail has its row', () => {
  expect(namesOf(rowsOf(sectionOf('docs/mail.md', '## Which mails there are')))).toEqual(
    sorted(Object.keys(wordingsEn)),
  )
})

/** The figure at the start of a cell. */
function figure(cell = ''): number {
  return Number.parseInt(cell.replaceAll(' ', ''), 10)
}

test('docs: every option has its row, and every default is the true one', () => {
  const source = sourceOf('config.ts')
  const page = 'docs/configuration.md'
  const text = sectionOf(page, '## Options of `config`')
  const options = rowsOf(text.slice(0, text.indexOf('\n### ')))
  expect(namesOf(options)).toEqual(sorted(namesIn(source, 'export interface ConfigOptions', FIELD)))
  const limits = rowsOf(sectionOf(page, '### `limits`'))
  expect(namesOf(limits)).toEqual(sorted(namesIn(source, 'export interface LimitsOptions', FIELD)))
  const urls = rowsOf(sectionOf(page, '### `urls`'))
  const urlNames = namesIn(source, '  readonly urls?: {', /^ {4}readonly (\w+)\?:/gm)
  expect(namesOf(urls)).toEqual(sorted(urlNames))
  const argon2 = rowsOf(sectionOf(page, '### `argon2`'))
  const secrets = { jwtSecret: 'a'.repeat(32), refreshSecret: 'b'.repeat(32) }
  const config = parseConfig(secrets, {})
  expect(namesOf(argon2)).toEqual(sorted(Object.keys(config.argon2)))
  for (const [name, [cell]] of [...options, ...argon2]) {
    const value: unknown = Reflect.get({ ...config, ...config.argon2 }, name)
    if (typeof value !== 'number' || name === 'maxConcurrent') continue
    expect([name, figure(cell)]).toEqual([name, value])
  }
  for (const [name, [limit, windowSeconds]] of limits) {
    const documented = { limit: figure(limit), windowSeconds: figure(windowSeconds) }
    expect([name, documented]).toEqual([name, Reflect.get(config.limits, name)])
  }
})

test('docs: the chance that a code is guessed is the one that the defaults give', () => {
  const secrets = { jwtSecret: 'a'.repeat(32), refreshSecret: 'b'.repeat(32) }
  const bound = guessingBound(parseConfig(secrets, {}))
  const rows = rowsOf(sectionOf('docs/security.md', '## How likely a code is guessed'))
  const documented = [...rows].map(([name, [guesses, odds = '']]) => [
    name,
    figure(guesses),
    figure(odds.replace('1 in ', '')),
  ])
  const given = Object.entries(bound).map(([name, { guesses, chance }]) => [
    name,
    guesses,
    Math.round(1 / chance),
  ])
  expect(documented).toEqual(given)
})

test('docs: every variable and every option of the instance has its place', () => {
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8')
  const variables = [...sourceOf('config.ts').matchAll(/\['([A-Z_]+)', '/g)].map((m) => m[1] ?? '')
  expect(variables.length).toBeGreaterThan(5)
  for (const name of variables) expect(page).toContain(`\`${name}\``)
  const options = namesIn(
    sourceOf('mindmesh-auth.ts'),
    'export interface MindmeshAuthOptions',
    FIELD,
  )
  expect(namesOf(rowsOf(sectionOf('docs/configuration.md', '## Options of the instance')))).toEqual(
    sorted(options),
  )
})
