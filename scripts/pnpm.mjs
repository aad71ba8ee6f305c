// Runs a script of this workspace on a machine that has Node and npm and nothing else: installs first where the lock
// file is newer than what is installed, with the pnpm that package.json pins.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** Node's headers lie beside most Nodes: what is compiled then needs no download of them. */
function environment() {
  const prefix = dirname(dirname(process.execPath))
  const hasHeaders = existsSync(join(prefix, 'include/node/node.h'))
  return hasHeaders ? { npm_config_nodedir: prefix, ...process.env } : process.env
}

/** Runs the pinned pnpm; gives its exit code. */
export function pnpm(args, stdio = 'inherit') {
  const env = environment()
  const options = { cwd: root, env, stdio, shell: process.platform === 'win32' }
  return spawnSync('npx', ['--yes', packageManager, ...args], options).status ?? 1
}

/** Installs what the lock file says, unless that was done already. Ends the process where it fails. */
export function installIfNeeded() {
  const marker = `${root}node_modules/.modules.yaml`
  const isFresh =
    existsSync(marker) && statSync(marker).mtimeMs >= statSync(`${root}pnpm-lock.yaml`).mtimeMs
  if (isFresh) return
  const status = pnpm(['install', '--frozen-lockfile'])
  if (status !== 0) process.exit(status)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installIfNeeded()
  process.exit(pnpm(['run', ...process.argv.slice(2)]))
}
