import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../support/pages.ts'

const execute = promisify(execFile)

/** The oldest Node that `engines` promise, and the one that is current. */
export const NODES = ['20.19.0', '26.10.0'] as const

/** The folder of the programs that are compiled and run in a project. */
export const PROGRAMS: string = join(root, 'tests/packages/programs')
/** What each of them prints. */
export const SIGNED_IN = 'anna@example.com was signed in\n'

/** What stands in a `package.json`. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Reads a manifest. */
export function readManifest(folder: string): Manifest & { readonly packageManager?: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

const { packageManager = 'pnpm' } = readManifest(root)

/** Every package that is published: its folder under `packages`, and its manifest. */
export const published: readonly { readonly folder: string; readonly manifest: Manifest }[] =
  readdirSync(join(root, 'packages'))
    .map((folder) => ({ folder, manifest: readManifest(join(root, 'packages', folder)) }))
    .filter(({ manifest }) => manifest.private !== true)

/** The version of a library that the workspace has. */
export function versionHere(name: string): string {
  return readManifest(join(root, 'node_modules', name)).version
}

/** A folder outside the workspace: nothing is found in it but what is installed there. */
export function scratchFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'mindmesh-packages-')))
}

/** As on a machine of its own: nothing that the workspace's pnpm or vitest have set leads a program back into it. */
export function plainEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:NODE_PATH|NODE_OPTIONS|NODE_ENV|INIT_CWD|VITEST.*|npm_.*)$/.test(name),
  )
  const quiet = {
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_prefer_offline: 'true',
  }
  // The Node of the tests is the first that is found: what the workspace has compiled fits it alone.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
  return { ...Object.fromEntries(own), PATH: path, ...quiet, ...extra }
}

/** Runs a program to its end; gives what it printed. Rejects, with all of it, where the program fails. */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = plainEnv(),
): Promise<string> {
  const shell = process.platform === 'win32'
  try {
    return (await execute(command, args, { cwd, env, shell, timeout: 240_000, maxBuffer: 2 ** 26 }))
      .stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error })
  }
}

async function pnpm(args: readonly string[], cwd: string): Promise<string> {
  return run('npx', ['--yes', packageManager, ...args], cwd)
}

/** Packs every package as it would be published; gives the tarball of each. */
export async function packAll(into: string): Promise<ReadonlyMap<string, string>> {
  const filters = published.flatMap(({ folder }) => ['--filter', `./packages/${folder}`])
  await pnpm(['-r', ...filters, 'pack', '--pack-destination', into], root)
  return new Map(
    published.map(({ manifest: { name, version } }) => [
      name,
      join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    ]),
  )
}

/** What a project installs, by name. */
export type Dependencies = Readonly<Record<string, string>>

/** Every tarball as a dependency: they are one another's peers, and none is asked of the registry. */
export function fromTarballs(tarballs: ReadonlyMap<string, string>): Dependencies {
  return Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
}

/** Makes a project and installs it. Scripts of packages do not run: see `placeSqlite`. */
export async function install(
  tool: 'npm' | 'pnpm',
  folder: string,
  dependencies: Dependencies,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, type: 'module', dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  // Peers that do not fit are an error, not a warning.
  if (tool === 'npm') {
    await run('npm', ['install', '--ignore-scripts', '--strict-peer-deps'], folder)
  } else {
    await pnpm(['install', '--ignore-scripts', '--strict-peer-dependencies'], folder)
  }
}

/**
 * Gives a project the program that the workspace has compiled of better-sqlite3, which would take a minute more. It
 * fits the same version, and the Node that runs the tests.
 */
export function placeSqlite(folder: string): void {
  const build = 'better-sqlite3/build/Release/better_sqlite3.node'
  const target = join(folder, 'node_modules', build)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(join(root, 'node_modules', build), target)
}

/** A Node of the registry's package `node`, which brings one for each machine. It stays in npm's cache. */
export async function nodeOf(version: string, cwd: string): Promise<string> {
  const args = ['--yes', '--ignore-scripts=false', `--package=node@${version}`, '--']
  return (await run('npx', [...args, 'node', '-p', 'process.execPath'], cwd)).trim()
}

/** How TypeScript finds packages. */
export type Resolution = 'nodenext' | 'bundler'

/** The compiler's options for either way; Node runs what `nodenext` writes into `out`. */
const RESOLUTIONS: Readonly<Record<Resolution, object>> = {
  nodenext: { module: 'nodenext', rewriteRelativeImportExtensions: true, outDir: 'out' },
  bundler: {
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    noEmit: true,
  },
}

const COMPILER = join(root, 'node_modules/typescript/bin/tsc')

/**
 * Compiles `src` of a project as strictly as TypeScript can, declarations of libraries too; gives each complaint that
 * is not about the inside of somebody else's package. drizzle-orm and PGlite do not hold under `skipLibCheck: false`.
 */
export async function complaints(
  folder: string,
  resolution: Resolution,
): Promise<readonly string[]> {
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2022',
    lib: ['es2024'],
    types: ['node'],
    rootDir: 'src',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
  }
  const file = join(folder, `tsconfig.${resolution}.json`)
  writeFileSync(file, JSON.stringify({ compilerOptions, include: ['src'] }))
  const output = await run(process.execPath, [COMPILER, '-p', file], folder).catch((error: Error) =>
    error.message.slice(error.message.indexOf('\n') + 1),
  )
  return output
    .split('\n')
    .filter((line) => /^\S/.test(line) && !/^undefined$/.test(line))
    .filter((line) => /@mindmesh[/+]/.test(line) || !line.startsWith('node_modules/'))
}
