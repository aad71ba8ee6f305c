import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppClientWithUser } from '@mindmesh/auth-prisma'
import type { PrismaEngine } from './prisma-engine.ts'

/** What this example calls of its client. */
export interface Client extends AppClientWithUser {
  $queryRawUnsafe(query: string): Promise<readonly { readonly name: string }[]>
  /** Not run yet: `$transaction` runs it. */
  $executeRawUnsafe(statement: string): object
  $transaction(statements: readonly object[]): Promise<unknown>
  $disconnect(): Promise<void>
}

/** The class that `prisma generate` makes. */
type ClientClass = new (options: { readonly adapter: object }) => Client

/** The folder of this example, seen from `src` and from `dist` alike. */
const site = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

/**
 * The generated client for a database. An app has its schema in files, runs `prisma generate` before it is compiled, and
 * imports the client with its types. This example, which learns its database only when it starts, generates it then:
 * into a folder named after what it is made from, so that no second start does it again.
 */
export function prismaClient(engine: PrismaEngine): ClientClass {
  const schema = schemaOf(engine)
  const { version }: { readonly version: string } = require('prisma/package.json')
  const hash = createHash('sha256').update(version).update(schema).digest('hex').slice(0, 16)
  const folder = join(site, '.prisma', `${engine.name}-${hash}`)
  if (!existsSync(folder)) generate(schema, folder)
  const generated: { readonly PrismaClient: ClientClass } = require(join(folder, 'client'))
  return generated.PrismaClient
}

/** The files that `@mindmesh/auth-prisma` ships, with this app's own column in the model `User`. */
function schemaOf({ name, provider, ownField }: PrismaEngine): string {
  const shipped = join(site, 'node_modules/@mindmesh/auth-prisma/schema', name)
  const user = readFileSync(join(shipped, 'user.prisma'), 'utf8')
  return `
generator client {
  provider = "prisma-client-js"
  output   = "./client"
}

datasource db {
  provider = "${provider}"
}

${user.replace('model User {', `model User {\n  ${ownField}`)}
${readFileSync(join(shipped, 'auth.prisma'), 'utf8')}`
}

/** Made beside its place and then moved there: what is there is whole, also where two processes start at once. */
function generate(schema: string, folder: string): void {
  console.log('Generating the Prisma client, once.')
  mkdirSync(join(site, '.prisma'), { recursive: true })
  const draft = mkdtempSync(join(site, '.prisma/new-'))
  const file = join(draft, 'schema.prisma')
  // Nothing is downloaded: generating only wants some program in the place of Prisma's engine.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
  const command = [require.resolve('prisma/build/index.js'), 'generate', '--schema', file]
  try {
    writeFileSync(file, schema)
    execFileSync(process.execPath, command, { cwd: site, env, stdio: ['ignore', 'ignore', 'pipe'] })
    renameSync(draft, folder)
  } catch (error) {
    const isMadeByAnother = existsSync(folder)
    if (!isMadeByAnother) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
