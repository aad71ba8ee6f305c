// Generates the Prisma clients of the tests into `tests/.prisma`, where they are missing or made from something else.
// No engine is downloaded: `prisma generate` only wants some executable in the engine's place.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const schemas = join(root, 'packages/prisma/schema')
const apps = join(root, 'tests/prisma/apps')
const command = createRequire(import.meta.url).resolve('prisma/build/index.js')

/** The client of each folder of `tests/.prisma`, with the schema files from which it is made. */
const clients = [
  ...['sqlite', 'postgres', 'mysql'].map((name) => ({
    name,
    provider: name === 'postgres' ? 'postgresql' : name,
    files: [join(schemas, name, 'user.prisma'), join(schemas, name, 'auth.prisma')],
  })),
  ...filesIn(apps).map((file) => ({
    name: file.replace(/\.prisma$/, ''),
    provider: 'sqlite',
    files: [join(apps, file), join(schemas, 'sqlite/auth.prisma')],
  })),
]

/** What runs (JavaScript, which Node takes as it is), what is compiled, and what Prisma has understood. */
const header = (provider) => `generator run {
  provider = "prisma-client-js"
  output   = "./run"
}

generator types {
  provider = "prisma-client"
  output   = "./types"
}

generator models {
  provider = "node scripts/prisma-model-generator.mjs"
  output   = "./models"
}

datasource db {
  provider = "${provider}"
}
`

async function generate({ name, provider, files }) {
  const folder = join(root, 'tests/.prisma', name)
  const stamp = stampOf(provider, files)
  if (contentOf(join(folder, 'stamp')) === stamp) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'schema.prisma'), header(provider))
  for (const file of files) cpSync(file, join(folder, file.slice(dirname(file).length + 1)))
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
  }
  const args = [command, 'generate', '--schema', folder, '--no-hints']
  await promisify(execFile)(process.execPath, args, { cwd: root, env })
  writeFileSync(join(folder, 'stamp'), stamp)
}

function stampOf(provider, files) {
  const hash = createHash('sha256').update(header(provider))
  for (const file of files) hash.update(readFileSync(file))
  hash.update(readFileSync(join(dirname(command), '../package.json')))
  return hash.digest('hex')
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function filesIn(folder) {
  return readdirSync(folder).filter((file) => file.endsWith('.prisma'))
}

await Promise.all(clients.map(generate))
