// `npm start` and `npm run start:hono`: installs and builds what is not there yet, then runs an example until it is
// stopped.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installIfNeeded } from './pnpm.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

installIfNeeded()
const build = spawnSync('node', ['node_modules/typescript/bin/tsc', '-b'], {
  cwd: root,
  stdio: 'inherit',
})
if (build.status !== 0) process.exit(build.status ?? 1)

const [name = 'node'] = process.argv.slice(2)
const main = `examples/${name}/dist/main.js`
const example = spawn('node', [main], { cwd: root, stdio: 'inherit' })
// Ctrl-C reaches the whole group of a terminal; a signal to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => example.kill(signal))
example.on('exit', (code) => process.exit(code ?? 1))
