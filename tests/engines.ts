import type { AuthStore } from '@mindmesh/auth/ports'
import { afterAll, inject } from 'vitest'
import { databasePool } from './engines/database-pool.ts'
import { engineList, type EngineEntry } from './engines/list.ts'
import type { StoredRows } from './engines/stored-rows.ts'
import type { TestDatabase } from './engines/test-database.ts'

/** Where the tests of the flows run. */
export interface Engine {
  readonly name: string
  /** Whether several processes can have the same data open. */
  readonly isShareable: boolean
  /** A store without any rows. A test may open several: each has data of its own. */
  open(): Promise<OpenStore>
}

/** A store of one test. */
export interface OpenStore {
  readonly store: AuthStore
  /** With which another process opens the same data: `openStore(place)` of `support/stores/<engine>.mjs`. */
  readonly address: { readonly engine: string; readonly place: string } | null
  /** Every row of every table as JSON: what a thief of the database would read. */
  dump(): Promise<string>
  /** Every row of the library's tables, read past the store. */
  rows(): Promise<StoredRows>
  close(): Promise<void>
}

const { id: runId, servers, chosen, ofEachDialect } = inject('engineRun')

/** The engines that this run can reach. The list of all is `engines/list.ts`. */
export const engines: readonly Engine[] = engineList
  .filter((entry) => chosen.includes(entry.name))
  .map(engineOf)

/**
 * One for each dialect of SQL, and the memory; all of them in a thorough run. For what takes long and depends on what
 * the database does more than on the library that speaks to it.
 */
export const dialects: readonly Engine[] = engines.filter(({ name }) =>
  ofEachDialect.includes(name),
)

/** One database for each test file (vitest loads this module anew for each), dropped when the file is done. */
function engineOf(entry: EngineEntry): Engine {
  const { name, isShareable } = entry
  const pool = databasePool(async () => create(entry))
  afterAll(pool.drop)
  return {
    name,
    isShareable,
    async open() {
      const database = await pool.take()
      const { place, dump, rows, openStore } = database
      return {
        store: openStore(),
        address: isShareable && place !== null ? { engine: name, place } : null,
        dump,
        rows,
        close: async () => pool.giveBack(database),
      }
    },
  }
}

async function create(entry: EngineEntry): Promise<TestDatabase> {
  if (entry.server === null) return entry.create()
  const server = servers[entry.server]
  if ('missing' in server) throw new Error(`${entry.name}: ${server.missing}`)
  const { createOnServer } = await import('./engines/server.ts')
  const { serverKinds } = await import('./engines/server-kinds.ts')
  return createOnServer(serverKinds[entry.server], {
    url: server.url,
    runId,
    connect: entry.connect,
  })
}
