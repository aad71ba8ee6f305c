import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const core = join(root, 'packages/core')
let folder: string

beforeAll(() => {
  // Inside the workspace, so that the packages are found as an app would find them.
  mkdirSync(join(root, 'tests/.snippets'), { recursive: true })
  folder = mkdtempSync(join(root, 'tests/.snippets/budget-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Milliseconds from the start of a fresh process until it has run a program and ended. */
function durationOf(path: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return performance.now() - start
}

test('budget: importing the core costs less than starting Node does', () => {
  const empty = join(folder, 'empty.mjs')
  const importing = join(folder, 'importing.mjs')
  writeFileSync(empty, 'export {}\n')
  writeFileSync(importing, `import '@mindmesh/auth'\n`)
  const times = { empty: [] as number[], importing: [] as number[] }
  // In turn, so that whatever else the machine does falls on both alike.
  for (let run = 0; run < 11; run += 1) {
    times.empty.push(durationOf(empty))
    times.importing.push(durationOf(importing))
  }
  const start = median(times.empty)
  const cost = median(times.importing.map((time, run) => time - (times.empty[run] ?? 0)))
  // Told as a share of that process: the same on a slow machine and a fast one. 60 ms is what an empty process takes
  // on a middling machine.
  expect(cost / start, `${cost} ms above the ${start} ms of an empty process`).toBeLessThan(1)
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Every package that an installation of this one brings along on this machine, itself left out. */
function closureOf(directory: string, found = new Map<string, string>()): Map<string, string> {
  const manifest = manifestOf(directory)
  const required = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  )
  const optional = Object.keys(manifest.optionalDependencies ?? {})
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...required, ...optional]) {
    const dependency = find(directory, name)
    if (dependency === null) {
      if (!optional.includes(name)) throw new Error(`${name} is not installed.`)
      // Built for another machine.
      continue
    }
    if (found.has(dependency)) continue
    found.set(dependency, name)
    closureOf(dependency, found)
  }
  return found
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
}

function find(from: string, name: string): string | null {
  const candidate = join(from, 'node_modules', name)
  if (existsSync(candidate)) return realpathSync(candidate)
  return dirname(from) === from ? null : find(dirname(from), name)
}

test('budget: the core brings fewer than ten packages', () => {
  const names = [...closureOf(core).values()].toSorted()
  expect(names).toContain('valibot')
  expect(names.length).toBeLessThan(10)
})

/** A full configuration with an extended users table, on each dialect. */
const PROGRAMS: Readonly<Record<string, string>> = {
  sqlite: programOn(`
import { drizzleSqlite as adapter, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable as table, text } from 'drizzle-orm/sqlite-core'
const connect = () => drizzle(new Database('app.db'), { schema: { users } })`),
  postgres: programOn(`
import { drizzlePostgres as adapter, migrate, userColumns } from '@mindmesh/auth-drizzle/postgres'
import { integer, pgTable as table, text } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
const connect = () => drizzle(postgres('postgres://localhost/app'), { schema: { users } })`),
  mysql: programOn(`
import { drizzleMysql as adapter, migrate, userColumns } from '@mindmesh/auth-drizzle/mysql'
import { int as integer, mysqlTable as table, text } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
const connect = () =>
  drizzle(createPool('mysql://localhost/app'), { schema: { users }, mode: 'default' })`),
}

function programOn(dialect: string): string {
  return `
import { MindmeshAuth } from '@mindmesh/auth'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
${dialect}

const users = table('users', {
  ...userColumns(),
  firstName: text('first_name').notNull(),
  lastName: text('last_name'),
  role: text('role', { enum: ['user', 'admin'] }).notNull().default('user'),
  age: integer('age'),
})
const db = connect()
await migrate(db)
const mindmesh = new MindmeshAuth({
  adapter: adapter(db, { users }),
  mailer: smtpMailer({ host: 'localhost', from: 'security@example.com' }),
  config: {
    appName: 'Example',
    sessionDays: 30,
    limits: { loginPerIp: { limit: 50 } },
    argon2: { maxQueued: 10 },
    urls: { passwordReset: 'https://app.example.com/reset' },
  },
  translations: { de: { account_blocked: (_, app) => ({ subject: app, lead: app, notes: [] }) } },
})
const user = await mindmesh.auth.register('anna@example.com', 'secret', { firstName: 'Anna' })
export const role: 'user' | 'admin' = user.role
`
}

/** What the compiler counts while it checks a program against the built declarations. */
function instantiationsOf(name: string, program: string): number {
  writeFileSync(join(folder, `${name}.ts`), program)
  const config = join(folder, `tsconfig.${name}.json`)
  const compilerOptions = { customConditions: [] }
  const extended = join(root, 'tsconfig.check.json')
  writeFileSync(
    config,
    JSON.stringify({ extends: extended, compilerOptions, files: [`${name}.ts`], include: [] }),
  )
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', config, '--extendedDiagnostics']
  const output = execFileSync('node', args, { encoding: 'utf8' })
  return Number(/^Instantiations:\s+(\d+)$/m.exec(output)?.[1])
}

test.each(Object.entries(PROGRAMS))(
  'budget: a full configuration on %s, with an extended users table, type-checks in under 20,000 instantiations',
  (name, text) => {
    // All of them count, drizzle's own included.
    const all = instantiationsOf(name, text)
    expect(all).toBeGreaterThan(0)
    expect(all).toBeLessThan(20_000)
  },
)
