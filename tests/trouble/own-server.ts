import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A server that one test file has to itself, so that it can be stopped. */
export interface OwnServer {
  /** Of a user who may do anything. */
  readonly url: string
  start(): Promise<void>
  /** `orderly`: as a restart does it; `at once`: as a crash does. */
  stop(how: 'orderly' | 'at once'): Promise<void>
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

/** How a kind of server is made and run. */
export interface OwnServerKind {
  /** Who runs it where the tests are run by root, which neither server wants to be run by. */
  readonly systemUser: string
  readonly orderly: NodeJS.Signals
  readonly atOnce: NodeJS.Signals
  url(port: number): string
  /** Makes the tables of the server itself in `folder`: a program and its arguments. */
  create(folder: string): readonly [string, ...string[]]
  run(folder: string, port: number): readonly [string, ...string[]]
  /** Resolves when it lets somebody in, else rejects. */
  greet(url: string): Promise<unknown>
}

/** Makes a server on a free port and starts it. */
export async function startOwnServer(kind: OwnServerKind): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), `mindmesh-${kind.systemUser}-`))
  const user = process.getuid?.() === 0 ? idsOf(kind.systemUser) : null
  if (user !== null) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  // Its user may not enter the folder that the tests run in.
  const options = { ...user, cwd: folder }
  const [program, ...args] = kind.create(folder)
  await promisify(execFile)(program, args, options)
  const port = await freePort()
  const url = kind.url(port)
  let child: ChildProcess | undefined
  const server: OwnServer = {
    url,
    async start() {
      const [command, ...rest] = kind.run(folder, port)
      child = spawn(command, rest, { ...options, stdio: 'ignore' })
      await untilGreeted(kind, url, child)
    },
    async stop(how) {
      if (child === undefined) return
      const ended = once(child, 'exit')
      child.kill(how === 'orderly' ? kind.orderly : kind.atOnce)
      await ended
      child = undefined
    },
    async remove() {
      await server.stop('at once')
      rmSync(folder, { recursive: true, force: true, maxRetries: 9 })
    },
  }
  await server.start()
  return server
}

async function untilGreeted(kind: OwnServerKind, url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      await kind.greet(url)
      return
    } catch (error) {
      if (child.exitCode !== null) throw new Error('The server did not start.', { cause: error })
      if (Date.now() > deadline) throw error
      await pause(50)
    }
  }
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}

/** The newest of several versions that Debian installs side by side: `under/<version>/bin`. */
export function newestPrograms(under: string): string | null {
  if (!existsSync(under)) return null
  const versions = readdirSync(under).toSorted((a, b) => Number(a) - Number(b))
  return versions.map((version) => join(under, version, 'bin')).findLast(existsSync) ?? null
}

/** Where a program is, on the path or where administrators have theirs. */
export function programOf(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}
