// What people get: the packages as they are packed, installed outside the workspace by npm and by pnpm, compiled, and
// run on the oldest Node that is promised and on the newest. Takes about a minute, most of it in installing; a first
// run also downloads the Nodes and libraries, which then stay in the caches of npm and pnpm.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSmtpServer } from '../support/smtp-test-server.ts'
import { blocksOf, root, sectionOf, textOf } from '../support/pages.ts'
import {
  complaints,
  fromTarballs,
  install,
  nodeOf,
  NODES,
  packAll,
  placeSqlite,
  plainEnv,
  PROGRAMS,
  published,
  run,
  scratchFolder,
  SIGNED_IN,
  versionHere,
  type Manifest,
} from './support/scratch.ts'

/** Brings compiled programs that fit any Node from 22, where version 12, for Node 20 too, is compiled for each. */
const SQLITE_FOR_CURRENT_NODE = '13.2.0'

/** What the programs need besides. */
const LIBRARIES = [
  'better-sqlite3',
  '@types/better-sqlite3',
  '@electric-sql/pglite',
  'drizzle-orm',
  'hono',
  '@opentelemetry/api',
  '@prisma/client',
  '@prisma/adapter-better-sqlite3',
  '@types/node',
]

const SECRETS = { AUTH_JWT_SECRET: 'a'.repeat(32), AUTH_REFRESH_SECRET: 'b'.repeat(32) }

const folder = scratchFolder()
const tools = { npm: join(folder, 'npm'), pnpm: join(folder, 'pnpm') }
let tarballs: ReadonlyMap<string, string>
const nodes = new Map<string, string>()

beforeAll(async () => {
  tarballs = await packAll(folder)
  const libraries = LIBRARIES.map((name) => [name, versionHere(name)] as const)
  const common = { ...fromTarballs(tarballs), ...Object.fromEntries(libraries) }
  await Promise.all([
    install('npm', tools.npm, common),
    install('pnpm', tools.pnpm, { ...common, 'better-sqlite3': SQLITE_FOR_CURRENT_NODE }),
  ])
  placeSqlite(tools.npm)
  for (const project of Object.values(tools)) saveProgramsIn(project)
  for (const version of NODES) nodes.set(version, await nodeOf(version, folder))
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** Every entry of every package, as the manifests name them. */
const entries = published.flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {}).map((entry) => join(manifest.name, entry)),
)

/** Writes what is compiled and run: a program for each database, all entries, and the first one of each README. */
function saveProgramsIn(project: string): void {
  const source = join(project, 'src')
  for (const name of ['sign-in', 'sqlite', 'pglite', 'http', 'opentelemetry']) {
    cpSync(join(PROGRAMS, `${name}.ts`), join(source, `${name}.ts`))
  }
  const imports = entries.map((entry, n) => `import * as entry${n} from '${entry}'`)
  const modules = entries.map((entry, n) => `'${entry}': entry${n},`)
  const counts = `Object.entries(modules).map(([name, module]) => [name, Object.keys(module).length])`
  writeFileSync(
    join(source, 'entries.ts'),
    `${imports.join('\n')}\nconst modules = {${modules.join('\n')}}\nconsole.log(JSON.stringify(${counts}))\n`,
  )
  // Where an app's own client would be.
  const client = join(root, 'tests/.prisma/sqlite/types')
  cpSync(client, join(source, 'generated/prisma'), { recursive: true })
  for (const { folder: name } of published) {
    writeFileSync(join(source, `readme-${name}.ts`), firstProgramOf(name))
  }
}

function firstProgramOf(name: string): string {
  return blocksOf(`packages/${name}/README.md`)[0]?.code ?? ''
}

/** What a file of a tarball may be: what runs and its types, the tables, and what says what it is. */
const NEEDED = [
  /^(?:package\.json|README\.md|LICENSE)$/,
  /^bin\/\w+\.js$/,
  /^dist\/(?!.*\.test\.)[\w/-]+\.(?:js|d\.ts)$/,
  /^migrations\/.+\.sql$/,
  /^migrations\/\w+\/meta\/_journal\.json$/,
  /^schema\/\w+\/\w+\.prisma$/,
]

/** Looks into a tarball. */
function tar(...args: readonly string[]): string {
  return execFileSync('tar', args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 })
}

describe.each(published)('$manifest.name', ({ folder: name, manifest }) => {
  let tarball: string
  let files: readonly string[]
  let packed: Manifest
  beforeAll(() => {
    tarball = basename(tarballs.get(manifest.name) ?? '')
    files = tar('-tzf', tarball)
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''))
    packed = JSON.parse(tar('-xzOf', tarball, 'package/package.json'))
  })

  test('packages: a tarball holds what a user needs, and nothing else', () => {
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']))
    expect(files.filter((path) => !NEEDED.some((kind) => kind.test(path)))).toEqual([])
    const code = files.filter((path) => /^dist\/.*\.js$/.test(path))
    expect(code.length).toBeGreaterThan(0)
    expect(code.filter((path) => !files.includes(path.replace(/\.js$/, '.d.ts')))).toEqual([])
    // A map that is named and not there is a warning in every bundler.
    expect(tar('-xzOf', tarball).includes('sourceMappingURL')).toBe(false)
  })

  test('packages: what a manifest points at is in the tarball, and its ranges are plain ones', () => {
    const targets = [
      ...Object.values(packed.exports ?? {}).flatMap((entry) => Object.values(entry)),
      ...Object.values(packed.bin ?? {}),
    ]
    expect(targets.length).toBeGreaterThan(0)
    expect(targets.filter((path) => !files.includes(path.replace('./', '')))).toEqual([])
    const ranges = Object.entries({ ...packed.dependencies, ...packed.peerDependencies })
    expect(ranges.filter(([, range]) => /[a-z]:/.test(range))).toEqual([])
  })

  test('packages: the first screen of a README has a program', () => {
    const page = textOf(`packages/${name}/README.md`)
    const lineOf = page.slice(0, page.indexOf('```ts')).split('\n').length
    expect(firstProgramOf(name)).not.toBe('')
    expect(lineOf).toBeLessThan(20)
  })
})

const installed = [
  // PGlite is slow to start, and needs no compiled program: that it runs is asked once for each Node.
  { tool: 'npm', project: tools.npm, databases: ['pglite'] },
  { tool: 'pnpm', project: tools.pnpm, databases: [] },
]

describe.each(installed)('installed by $tool', ({ project, databases }) => {
  test('packages: programs and declarations hold under nodenext and bundler resolution', async () => {
    const resolutions = ['nodenext', 'bundler'] as const
    const found = resolutions.map(async (resolution) => complaints(project, resolution))
    expect(await Promise.all(found)).toEqual([[], []])
  })

  test.each([...NODES])('packages: run on Node %s', async (version) => {
    const node = nodes.get(version) ?? ''
    expect(await run(node, ['--version'], project)).toBe(`v${version}\n`)
    const counts: [string, number][] = JSON.parse(await run(node, ['out/entries.js'], project))
    expect(counts.map(([entry]) => entry)).toEqual(entries)
    expect(counts.filter(([, exported]) => exported === 0)).toEqual([])
    const programs = ['http', 'opentelemetry', ...databases]
    const runs = programs.map(async (name) => run(node, [`out/${name}.js`], project))
    expect(await Promise.all(runs)).toEqual(programs.map(() => SIGNED_IN))
  })
})

test('packages: store in SQLite through each line of better-sqlite3', async () => {
  expect(await run(process.execPath, ['out/sqlite.js'], tools.npm)).toBe(SIGNED_IN)
  expect(await run(nodes.get(NODES[1]) ?? '', ['out/sqlite.js'], tools.pnpm)).toBe(SIGNED_IN)
})

test.each(published)('packages: the first program of the README of $folder runs', async (entry) => {
  const server = await startSmtpServer()
  const { port, user, pass, from, tls } = server.options
  const authority = join(folder, 'authority.pem')
  writeFileSync(authority, tls.ca)
  const env = plainEnv({
    ...SECRETS,
    SMTP_HOST: tls.servername,
    SMTP_PORT: String(port),
    SMTP_USER: user,
    SMTP_PASS: pass,
    SMTP_FROM: from,
    NODE_EXTRA_CA_CERTS: authority,
  })
  const place = join(tools.npm, 'readme')
  mkdirSync(place, { recursive: true })
  try {
    await expect(
      run(process.execPath, [`../out/readme-${entry.folder}.js`], place, env),
    ).resolves.toEqual(expect.any(String))
  } finally {
    rmSync(place, { recursive: true })
    await server.close()
  }
})

/** A shell's block on the page that newcomers read. */
function commandsOf(heading: string): readonly string[] {
  const block = /```sh\n([^]*?)```/.exec(sectionOf('docs/getting-started.md', heading))?.[1] ?? ''
  return block.trim().split('\n')
}

/** What the page tells newcomers to install: our packages, and others with their versions. */
function newcomersDependencies(): Readonly<Record<string, string>> {
  const commands = commandsOf('## Install').join('\n')
  const folders = /for package in (.*); do/.exec(commands)?.[1]?.split(' ') ?? []
  const ours = published.filter((entry) => folders.includes(entry.folder))
  const others = (/npm install \S+\.tgz (.*)/.exec(commands)?.[1] ?? '').split(' ')
  expect(ours).toHaveLength(folders.length)
  return {
    ...Object.fromEntries(
      ours.map(({ manifest: { name } }) => [name, `file:${tarballs.get(name)}`]),
    ),
    ...Object.fromEntries(others.map((other) => other.split('@') as [string, string])),
    // What the workspace has, which is within the page's range: see `placeSqlite`.
    'better-sqlite3': versionHere('better-sqlite3'),
  }
}

test('packages: a newcomer signs in after three commands, with the program of Getting started', async () => {
  const app = join(folder, 'newcomer')
  await install('npm', app, newcomersDependencies())
  placeSqlite(app)
  const before = readdirSync(app)
  const page = blocksOf('docs/getting-started.md')
  const program = page.find(({ file }) => file === 'sign-in.mjs')?.code ?? ''
  writeFileSync(join(app, 'sign-in.mjs'), program)
  const commands = commandsOf('## In three commands')
  expect(commands).toHaveLength(3)
  const printed: string[] = []
  for (const command of commands) {
    const [name = '', ...args] = command.split(' ')
    printed.push(await run(name, args, app))
  }
  expect(printed.at(-1)).toBe('anna@example.com is signed in\n')
  const written = readdirSync(app).filter(
    (name) => !before.includes(name) && name !== 'sign-in.mjs',
  )
  expect(written.filter((name) => !name.startsWith('app.db'))).toEqual([
    '.env',
    '.gitignore',
    'auth-schema.mjs',
    'mailbox',
    'mindmesh.config.mjs',
  ])
})
