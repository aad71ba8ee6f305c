// `pnpm check:peers`: the libraries that our packages leave to the app, at the lowest and at the highest version of the
// registry that their ranges allow. Installs what is not in npm's cache and compiles better-sqlite3, so it takes some
// minutes and is run by hand: before a release, and when a range changes.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase as createMysql, hasMysql } from '../support/mysql.ts'
import { root } from '../support/pages.ts'
import { createDatabase as createPostgres, hasPostgres } from '../support/postgres.ts'
import {
  complaints,
  fromTarballs,
  install,
  nodeOf,
  NODES,
  packAll,
  plainEnv,
  PROGRAMS,
  published,
  readManifest,
  run,
  scratchFolder,
  SIGNED_IN,
  versionHere,
  type Dependencies,
} from './support/scratch.ts'

/** The programs that show that a library does, by its name. */
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = {
  '@electric-sql/pglite': ['pglite'],
  '@opentelemetry/api': ['opentelemetry'],
  '@prisma/client': ['prisma'],
  'better-sqlite3': ['sqlite'],
  'drizzle-orm': ['sqlite', 'pglite', 'postgres', 'mysql'],
  hono: ['http'],
  mysql2: ['mysql'],
  postgres: ['postgres'],
}

/** Every range that a package of ours has of somebody else's. */
const ranges = new Map(
  published
    .flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}))
    .filter(([name]) => !name.startsWith('@mindmesh/')),
)

const folder = scratchFolder()
let tarballs: ReadonlyMap<string, string>
beforeAll(async () => {
  tarballs = await packAll(folder)
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true }))

test('peers: each is shown by a program, and each range has two ends', () => {
  expect([...ranges.keys()].toSorted()).toEqual(Object.keys(SHOWN_BY))
  expect([...ranges].filter(([, range]) => !/^\^[1-9]|<\S+$/.test(range))).toEqual([])
})

type End = 'lowest' | 'highest'

/** The releases that a range allows, the lowest first. */
async function releasesOf(name: string, range: string): Promise<readonly string[]> {
  const args = ['view', `${name}@${range}`, 'version', '--json']
  const found: unknown = JSON.parse(await run('npm', args, folder))
  const versions = [found].flat().map(String)
  return versions.filter((version) => !version.includes('-')).toSorted(byNumbers)
}

async function versionOf(name: string, range: string, end: End): Promise<string> {
  const version = (await releasesOf(name, range)).at(end === 'lowest' ? 0 : -1)
  if (version === undefined) throw new Error(`There is no release of ${name} within ${range}.`)
  return version
}

function byNumbers(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** Libraries at one end of their ranges. */
async function librariesAt(end: End, names: readonly string[]): Promise<Dependencies> {
  const versions = names.map(async (name) => {
    const version = await versionOf(name, ranges.get(name) ?? '', end)
    return [name, version] as const
  })
  return Object.fromEntries(await Promise.all(versions))
}

const types: Dependencies = Object.fromEntries(
  ['@types/node', '@types/better-sqlite3'].map((name) => [name, versionHere(name)]),
)

/** The environment with a Node of the registry first, and with its headers: what is compiled is compiled for it. */
function envOf(node: string): NodeJS.ProcessEnv {
  const modules = join(dirname(node), '../node_modules')
  const headers = readdirSync(modules)
    .map((name) => join(modules, name))
    .find((path) => existsSync(join(path, 'include/node/node.h')))
  return plainEnv({
    PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_build_from_source: 'true',
    ...(headers === undefined ? {} : { npm_config_nodedir: headers }),
  })
}

/** Makes a project of our packages and these libraries, and compiles better-sqlite3 for the Node that it runs on. */
async function installed(project: string, libraries: Dependencies, node: string): Promise<void> {
  const isPrisma = '@prisma/client' in libraries
  const ours = Object.entries(fromTarballs(tarballs)).filter(
    ([name]) => name !== '@mindmesh/auth-prisma' || isPrisma,
  )
  await install('npm', project, { ...Object.fromEntries(ours), ...libraries, ...types })
  for (const [name, version] of Object.entries(libraries)) {
    expect([name, readManifest(join(project, 'node_modules', name)).version]).toEqual([
      name,
      version,
    ])
  }
  await run('npm', ['rebuild', 'better-sqlite3', '--ignore-scripts=false'], project, envOf(node))
}

function savePrograms(project: string, names: readonly string[]): void {
  mkdirSync(join(project, 'src'))
  for (const name of ['sign-in', ...names]) {
    const code = readFileSync(join(PROGRAMS, `${name}.ts`), 'utf8')
    const client = './generated/prisma/client.ts'
    const text = code.replace('../../.prisma/sqlite/types/client.ts', client)
    writeFileSync(join(project, 'src', `${name}.ts`), text)
  }
}

/** What Prisma makes a client of: the shipped schema, below what an app says of its database. */
async function generateClient(project: string, node: string): Promise<void> {
  const schema = join(project, 'schema')
  cpSync(join(root, 'packages/prisma/schema/sqlite'), schema, { recursive: true })
  writeFileSync(
    join(schema, 'schema.prisma'),
    `generator client {
  provider = "prisma-client"
  output   = "../src/generated/prisma"
}
datasource db {
  provider = "sqlite"
}
`,
  )
  const migration = 'packages/prisma/migrations/sqlite/0000_initial/migration.sql'
  cpSync(join(root, migration), join(project, 'migration.sql'))
  // `prisma generate` only wants some executable in the engine's place: none is downloaded.
  const env = plainEnv({ PRISMA_SCHEMA_ENGINE_BINARY: node, CHECKPOINT_DISABLE: '1' })
  const command = 'node_modules/prisma/build/index.js'
  await run(node, [command, 'generate', '--schema', schema], project, env)
}

/** The last line that a program prints: PGlite 0.2 has one of its own before. */
async function lastLineOf(
  node: string,
  name: string,
  project: string,
  env = plainEnv(),
): Promise<string> {
  const printed = await run(node, [`out/${name}.js`], project, env)
  return `${printed.trim().split('\n').at(-1)}\n`
}

async function expectToCompile(project: string): Promise<void> {
  expect(await complaints(project, 'nodenext')).toEqual([])
  expect(await complaints(project, 'bundler')).toEqual([])
}

const servers = [
  { program: 'postgres', isThere: hasPostgres, create: createPostgres },
  { program: 'mysql', isThere: hasMysql, create: createMysql },
]

// The lowest on the oldest Node, the highest on the current one: better-sqlite3 13 needs Node 22.
describe.each([
  { end: 'lowest', version: NODES[0] },
  { end: 'highest', version: NODES[1] },
] as const)('at the $end versions, on Node $version', ({ end, version }) => {
  const project = join(folder, end)
  let node: string
  beforeAll(async () => {
    node = await nodeOf(version, folder)
    const names = [...ranges.keys()].filter((name) => name !== '@prisma/client')
    const libraries = await librariesAt(end, names)
    console.log(end, libraries)
    await installed(project, libraries, node)
    savePrograms(project, ['sqlite', 'pglite', 'postgres', 'mysql', 'http', 'opentelemetry'])
    await expectToCompile(project)
  }, 600_000)

  test.each(['sqlite', 'pglite', 'http', 'opentelemetry'])('peers: %s signs in', async (name) => {
    expect(await lastLineOf(node, name, project)).toBe(SIGNED_IN)
  })

  for (const { program, isThere, create } of servers) {
    test.runIf(isThere)(`peers: ${program} signs in`, async () => {
      const env = plainEnv({ DATABASE_URL: await create() })
      expect(await lastLineOf(node, program, project, env)).toBe(SIGNED_IN)
    })
  }

  test('peers: prisma signs in', { timeout: 600_000 }, async () => {
    // A project of its own: Prisma's driver adapter says itself which better-sqlite3 it needs.
    const own = join(folder, `prisma-${end}`)
    const libraries = await librariesAt(end, ['@prisma/client', 'hono'])
    const client = libraries['@prisma/client'] ?? ''
    console.log(end, client)
    const companions = await Promise.all(
      ['prisma', '@prisma/adapter-better-sqlite3'].map(async (name) => [
        name,
        await versionOf(name, `~${client.replace(/\.\d+$/, '.0')}`, end),
      ]),
    )
    await installed(own, { ...libraries, ...Object.fromEntries(companions) }, node)
    savePrograms(own, ['prisma'])
    await generateClient(own, node)
    await expectToCompile(own)
    expect(await lastLineOf(node, 'prisma', own)).toBe(SIGNED_IN)
  })
})
