// Packs every public package as it would be published and checks it with publint and attw.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'mindmesh-check-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
let failures = 0

// All but the benchmarks, which nobody installs.
const packing = ['-r', '--filter', './packages/*', '--filter', '!./packages/bench', 'pack']
if (pnpm([...packing, '--pack-destination', folder], ['ignore', 'ignore', 'inherit']) !== 0)
  process.exit(1)
for (const tarball of readdirSync(folder)) {
  run(tarball, 'publint', ['run', join(folder, tarball), '--strict'])
  run(tarball, 'attw', [join(folder, tarball), '--profile', 'esm-only', '--format', 'ascii'])
}
process.exit(failures === 0 ? 0 : 1)

function run(name, tool, args) {
  try {
    execFileSync(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: 'pipe' })
    console.log(`${tool}: ${name} is fine`)
  } catch (error) {
    failures += 1
    console.error(`${tool}: ${name}\n${error.stdout}\n${error.stderr}`)
  }
}
