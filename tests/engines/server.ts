import { userInfo } from 'node:os'
import { newDatabaseName } from './database-name.ts'
import type { TableReader } from './stored-rows.ts'
import type { Connect, Tables, TestDatabase } from './test-database.ts'

/** The servers that some engines need. */
export const serverNames = ['postgres', 'mysql'] as const
export type ServerName = (typeof serverNames)[number]

/** What the run found: the address of a server in which databases can be created, or why there is none. */
export type FoundServer = { readonly url: string } | { readonly missing: string }

/** How one kind of server is reached and asked. Each call opens and closes a connection of its own. */
export interface ServerKind {
  /** The environment variable that names another server than the usual one. */
  readonly variable: string
  readonly protocol: string
  readonly port: number
  /** The database to be in while others are created; empty where none is needed. */
  readonly startDatabase: string
  /** Who is let in without a password where developers have not changed it. */
  readonly usualUsers: readonly string[]
  /** What follows `create database NAME`: the defaults that hide the least, whatever the server's own are. */
  readonly createOptions: string
  /** What is said of a new database, so that it answers before its log is on the disk. A power cut would lose rows of tests. */
  readonly hasten: ((name: string) => string) | null
  run(url: string, statement: string): Promise<void>
  databases(url: string): Promise<readonly string[]>
  drop(url: string, name: string): Promise<void>
  tables(url: string): Promise<Tables & TableReader & { close(): Promise<void> }>
}

/** Looks for a server at the address in the environment, else on the usual port of this machine. */
export async function findServer(
  kind: ServerKind,
  { env, runId }: { readonly env: NodeJS.ProcessEnv; readonly runId: string },
): Promise<FoundServer> {
  const given = env[kind.variable]
  if (given !== undefined && given !== '') {
    if (!URL.canParse(given)) return { missing: `${kind.variable} is not a URL` }
    const url = withStartDatabase(given, kind)
    const reason = await whyUnusable(kind, { url, runId })
    return reason === null ? { url } : { missing: `${kind.variable}: ${reason}` }
  }
  const reasons = []
  for (const url of usualUrls(kind)) {
    const reason = await whyUnusable(kind, { url, runId })
    if (reason === null) return { url }
    reasons.push(reason)
  }
  return { missing: reasons[0] ?? 'nobody to sign in as' }
}

function withStartDatabase(url: string, { startDatabase }: ServerKind): string {
  const parsed = new URL(url)
  if (parsed.pathname === '' || parsed.pathname === '/') parsed.pathname = `/${startDatabase}`
  return parsed.href
}

function usualUrls({ protocol, port, startDatabase, usualUsers }: ServerKind): readonly string[] {
  const users = new Set([...usualUsers, currentUser()])
  return [...users].map((user) => `${protocol}://${user}@127.0.0.1:${port}/${startDatabase}`)
}

/** A container may run under a number that has no name. */
function currentUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'root'
  }
}

/** Creates and drops a database: nothing less shows that the tests can. */
async function whyUnusable(
  kind: ServerKind,
  { url, runId }: { readonly url: string; readonly runId: string },
): Promise<string | null> {
  const name = newDatabaseName(runId, new Date())
  try {
    await kind.run(url, `create database ${name} ${kind.createOptions}`)
    await kind.drop(url, name)
    return null
  } catch (error) {
    return reasonOf(error, url)
  }
}

/** Names the place and the fault, never the password. */
function reasonOf(error: unknown, url: string): string {
  const place = new URL(url).host
  if (!(error instanceof Error)) return `${place} failed`
  if ('code' in error && error.code === 'ECONNREFUSED') return `nothing listens on ${place}`
  return `${place} says: ${error.message}`
}

/** A new database of a test file's own, with what an adapter needs in it. */
export async function createOnServer(
  kind: ServerKind,
  { url, runId, connect }: { readonly url: string; readonly runId: string; connect: Connect },
): Promise<TestDatabase> {
  const name = newDatabaseName(runId, new Date())
  await kind.run(url, `create database ${name} ${kind.createOptions}`)
  if (kind.hasten !== null) await kind.run(url, kind.hasten(name))
  const own = new URL(url)
  own.pathname = `/${name}`
  const { openStore, close } = await connect(own.href)
  const tables = await kind.tables(own.href)
  return {
    ...tables,
    place: own.href,
    openStore,
    async drop() {
      await close()
      await tables.close()
      await kind.drop(url, name)
    },
  }
}

/** Drops the databases whose name is chosen. */
export async function dropChosen(
  kind: ServerKind,
  url: string,
  isChosen: (name: string) => boolean,
): Promise<void> {
  for (const name of await kind.databases(url)) if (isChosen(name)) await kind.drop(url, name)
}
