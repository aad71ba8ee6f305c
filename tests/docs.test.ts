import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AuthError, type AuthErrorCode } from '@mindmesh/auth'
import { attackCases, attackRaces, httpAttackCases } from '@mindmesh/auth-adapter-kit/attacks'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { slugOf } from '../docs/.vitepress/slug.ts'
import { drizzleSchema, drizzleSetup } from '../packages/cli/src/init/drizzle-files.ts'
import { parseConfig } from '../packages/core/src/config.ts'
import { guessingBound } from '../packages/core/src/otp/guessing-bound.ts'
import { wordingsEn } from '../packages/core/src/mail/wordings-en.ts'
import { ALIASES, SNIPPETS, saveFilesOf } from './support/docs-app.ts'
import { blocksOf, pages, root, rowsOf, sectionOf, textOf } from './support/pages.ts'

let folder: string

beforeAll(() => {
  mkdirSync(SNIPPETS, { recursive: true })
  folder = mkdtempSync(join(SNIPPETS, 'run-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Compiles what lies in a folder; gives what the compiler says. */
function compile(programs: string, compilerOptions: object): string {
  const settings = {
    extends: join(root, 'tsconfig.check.json'),
    compilerOptions,
    include: ['**/*', join(root, 'tests/support/frameworks.d.ts')],
    exclude: [],
  }
  writeFileSync(join(programs, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return spawnSync('node', [tsc, '-p', programs], { encoding: 'utf8' }).stdout
}

/** The name of a page as that of a folder. */
function folderOf(page: string): string {
  return page.replaceAll('/', '-')
}

/** What `mindmesh init` was told on the page that begins with it. */
const INIT = { orm: 'drizzle', engine: 'sqlite', language: 'js', client: '' } as const

const bundledPages = Object.values(ALIASES).map(({ page }) => page)

test('docs: every program on a page compiles', () => {
  const programs = join(folder, 'node')
  mkdirSync(programs)
  const blocks = pages.flatMap((page) => blocksOf(page).filter(({ file }) => file === null))
  expect(blocks.length).toBeGreaterThan(2)
  // Where an app's own client would be.
  mkdirSync(join(programs, 'generated/prisma'), { recursive: true })
  writeFileSync(
    join(programs, 'generated/prisma/client.ts'),
    `export * from ${JSON.stringify(join(root, 'tests/.prisma/sqlite/types/client.ts'))}\n`,
  )
  blocks.forEach(({ code }, n) => writeFileSync(join(programs, `block-${n}.ts`), code))
  for (const page of pages.filter((name) => !bundledPages.includes(name))) {
    const app = join(programs, folderOf(page))
    for (const file of saveFilesOf(page, app)) {
      // Checked as strictly as everything else, though it holds no types.
      renameSync(join(app, file), join(app, file.replace(/\.mjs$/, '.mts')))
    }
  }
  const started = join(programs, folderOf('docs/getting-started.md'))
  writeFileSync(join(started, 'auth-schema.mts'), drizzleSchema('sqlite'))
  writeFileSync(join(started, 'mindmesh.config.mts'), drizzleSetup(INIT))
  expect(compile(programs, {})).toBe('')
})

test('docs: no page has one section twice, so that a link leads to what it names', () => {
  for (const page of pages) {
    const headings = textOf(page).match(/^## .+$/gm) ?? []
    expect({ page, headings }).toEqual({ page, headings: [...new Set(headings)] })
  }
})

test('docs: every picture that is kept is shown', () => {
  const kept = readdirSync(join(root, 'docs/pictures')).filter((name) => name.endsWith('.png'))
  const text = pages.map(textOf).join('\n')
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.filter((name) => !text.includes(`docs/pictures/${name})`))).toEqual([])
})

test('docs: every program for a framework that bundles compiles', () => {
  const programs = join(folder, 'bundled')
  for (const page of bundledPages) saveFilesOf(page, join(programs, folderOf(page)))
  const paths = Object.fromEntries(
    Object.entries(ALIASES).map(([alias, { page, folder: inner }]) => [
      `${alias}*`,
      [`./${join(folderOf(page), inner, '*')}`],
    ]),
  )
  expect(compile(programs, { module: 'esnext', moduleResolution: 'bundler', paths })).toBe('')
})

test('docs: the first program of the README runs', async () => {
  const program = blocksOf('README.md')[0]?.code ?? ''
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

/** The headings of a page, as links name them. */
function headingsOf(page: string): readonly string[] {
  const text = textOf(page).replaceAll(/^```[^]*?^```$/gm, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) => slugOf(match[1] ?? ''))
}

/** A file or folder of the repository that a page names. */
const FILE = /`((?:tests|packages|scripts|docs|examples)\/[\w./-]+)`/g

test('docs: every link between the pages leads somewhere', () => {
  for (const page of pages) {
    const text = textOf(page)
    for (const [, link = '', heading] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
      const target = link === '' ? page : join(page, '..', link)
      expect(existsSync(join(root, target)), `${page} leads to ${target}`).toBe(true)
      const hasHeading = heading === undefined || headingsOf(target).includes(heading)
      expect(hasHeading, `${page} leads to ${target}#${heading}`).toBe(true)
    }
    for (const [, file = ''] of text.matchAll(FILE)) {
      expect(existsSync(join(root, file)), `${page} names ${file}`).toBe(true)
    }
  }
})

/** The first cells of each table in a text. */
function tablesOf(text: string): readonly (readonly string[])[] {
  return (text.match(/^(?:\|.*\n)+/gm) ?? []).map((table) =>
    table.split('\n').map((line) => /^\| ([^|]*[^|\s]) *\|/.exec(line)?.[1] ?? ''),
  )
}

function repeated(texts: readonly string[]): readonly string[] {
  return texts.filter((text, n) => text !== '' && texts.indexOf(text) !== n)
}

test('docs: no page says anything twice', () => {
  for (const page of pages) {
    const text = textOf(page).replaceAll(/^```[^]*?^```$/gm, '')
    const lines = text.split('\n').filter((line) => /^[\w`*[-].{20}/.test(line))
    expect([page, repeated(lines)]).toEqual([page, []])
    expect([page, tablesOf(text).flatMap(repeated)]).toEqual([page, []])
  }
})

function sourceOf(file: string): string {
  return textOf(`packages/core/src/${file}`)
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
  const text = textOf('docs/errors.md')
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
  const text = textOf('docs/events.md')
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
  const page = textOf('docs/configuration.md')
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

/** The cells of each row of each table in a text, without heads. */
function cellsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
}

const ATTACKS = attackCases.map(({ group, name }) => `${group}: ${name}`)

/** The titles of the tests that are made from lists; those of other files stand in their source. */
const LISTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['tests/attacks.test.ts', ATTACKS],
  ['tests/attacks-at-once.test.ts', attackRaces.map(({ name }) => name)],
  [
    'tests/http/attacks.test.ts',
    [...ATTACKS, ...httpAttackCases.map(({ name }) => `http: ${name}`)],
  ],
])

function isTest(file: string, title: string): boolean {
  const listed = LISTED.get(file)
  if (listed !== undefined) return listed.includes(title)
  return readFileSync(join(root, file), 'utf8').includes(`'${title}'`)
}

test('docs: every requirement of ASVS says how it stands, and what is met names tests that are there', () => {
  const rows = cellsOf(sectionOf('docs/security.md', '## OWASP ASVS 5.0'))
  expect(rows.length).toBeGreaterThan(120)
  const ids = rows.map(([id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [id, level = '', state = '', how = '', shownBy = ''] of rows) {
    expect([id, level]).toEqual([id, expect.stringMatching(/^([123]|1 to 3)$/)])
    expect([id, how]).toEqual([id, expect.stringMatching(/./)])
    const tests = [...shownBy.matchAll(/`([\w./-]+)` “([^”]+)”/g)]
    const missing = tests.filter(([, file = '', title = '']) => !isTest(file, title))
    expect([id, missing.map(([text]) => text)]).toEqual([id, []])
    const isShown = ['met', 'by an option', 'in part'].includes(state)
    const isNot = ['the app’s part', 'not met', 'does not apply'].includes(state)
    expect([id, isShown, isNot]).toEqual([id, tests.length > 0, tests.length === 0])
  }
})

test('docs: every file that uses cryptography is in the inventory', () => {
  const section = sectionOf('docs/security.md', '## What cryptography is used')
  const named = [...section.matchAll(/`(packages\/[\w./-]+\.ts)`/g)].map((match) => match[1])
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[\w-]+\/src\/.+\.ts$/.test(name) && !name.endsWith('.test.ts'))
    // The kit attacks, and what is for tests protects nobody.
    .filter((name) => !/^(adapter-kit|bench)\/|^core\/src\/testing\//.test(name))
    .map((name) => `packages/${name}`)
  const using = sources.filter((name) =>
    /from 'node:crypto'|import\('@node-rs\//.test(readFileSync(join(root, name), 'utf8')),
  )
  expect(named.toSorted()).toEqual(using.toSorted())
})
