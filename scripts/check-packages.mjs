// Packs every public package as it would be published and checks it with publint and attw.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
let failures = 0

for (const folder of readdirSync(join(root, 'packages'))) {
  const directory = join(root, 'packages', folder)
  if (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).private) continue
  run(directory, 'publint', ['--strict', '--pack', 'npm'])
  run(directory, 'attw', ['--pack', '--profile', 'esm-only', '--format', 'ascii'])
}
process.exit(failures === 0 ? 0 : 1)

function run(directory, tool, args) {
  const name = directory.slice(root.length)
  try {
    execFileSync(join(root, 'node_modules/.bin', tool), args, { cwd: directory, stdio: 'pipe' })
    console.log(`${tool}: ${name} is fine`)
  } catch (error) {
    failures += 1
    console.error(`${tool}: ${name}\n${error.stdout}\n${error.stderr}`)
  }
}
