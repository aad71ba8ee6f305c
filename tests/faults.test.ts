import {
  changes,
  checkFault,
  contractContext,
  countStatements,
  type ContractContext,
  type FaultInjector,
} from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { mysqlFaults } from './support/mysql-watch.ts'
import { emptyTables, openMysql } from './support/mysql.ts'
import { orNone } from './support/or-none.ts'
import { openPostgres } from './support/postgres.ts'
import {
  faultyPrismaMysql,
  faultyPrismaPostgres,
  faultyPrismaSqlite,
  type FaultyStore,
} from './support/prisma-faults.ts'
import { sqliteFaults } from './support/sqlite-faults.ts'
import { startWireProxy } from './support/wire-proxy.ts'

interface FaultyEngine {
  readonly name: string
  open(): Promise<{
    readonly injector: FaultInjector
    readonly context: ContractContext
    close(): Promise<void> | void
  }>
}

const faultyEngines: readonly FaultyEngine[] = [
  {
    name: 'sqlite',
    async open() {
      const injector = sqliteFaults()
      const client = new Database(':memory:', { verbose: injector.verbose })
      const db = drizzle(client)
      await migrate(db)
      const close = (): void => void client.close()
      return { injector, context: contractContext(drizzleSqlite(db)), close }
    },
  },
  { name: 'mysql', open: openOnce(openMysqlWatched) },
  { name: 'postgres', open: openOnce(openPostgresByProxy) },
  { name: 'prisma-sqlite', open: openOnce(faultyPrismaSqlite) },
  { name: 'prisma-postgres', open: openOnce(faultyPrismaPostgres) },
  { name: 'prisma-mysql', open: openOnce(faultyPrismaMysql) },
]

/** Connections and clients take long to open: all faults are tried on one pool, which must go on working after each. */
function openOnce(start: () => Promise<FaultyStore>): FaultyEngine['open'] {
  let started: Promise<FaultyStore> | null = null
  afterAll(async () => (await started)?.close())
  return async () => {
    started ??= start()
    const { injector, context, empty } = await started
    await empty()
    return { injector, context, close: () => undefined }
  }
}

async function openMysqlWatched(): Promise<FaultyStore> {
  const opened = await openMysql()
  const { injector, pool } = mysqlFaults(opened.pool)
  return {
    injector,
    context: contractContext(drizzleMysql(drizzleOnMysql(pool))),
    empty: async () => emptyTables(opened.pool),
    close: opened.close,
  }
}

/**
 * Through `pg`: `postgres` 3.4.9 ends the process where a connection is lost inside a transaction (its issue 1208).
 */
async function openPostgresByProxy(): Promise<FaultyStore> {
  const opened = await openPostgres({ max: 1 })
  const { hostname, port } = new URL(opened.url)
  const injector = await startWireProxy('postgres', { host: hostname, port: Number(port) })
  const url = new URL(opened.url)
  url.host = `127.0.0.1:${injector.port}`
  const pool = new Pool({ connectionString: url.href })
  // A lost connection is told to its client too; without a listener that would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    injector,
    context: contractContext(drizzlePostgres(drizzleOnPostgres(pool))),
    empty: async () => opened.empty(),
    async close() {
      // Waits until every connection was given back, those too that were lost.
      await pool.end()
      await injector.close()
      await opened.close()
    },
  }
}

const { ofEachDialect } = inject('engineRun')
const isThere = ({ name }: FaultyEngine): boolean => ofEachDialect.includes(name)

describe.each(orNone(faultyEngines.filter(isThere)))('faults on $name', ({ open }) => {
  test.each(changes)('$name: both or neither, whichever statement fails', async (change) => {
    const counted = await open()
    const count = await countStatements(change, counted.context, counted.injector)
    await counted.close()
    expect(count).toBeGreaterThan(0)
    for (let statement = 1; statement <= count; statement += 1) {
      for (const when of ['before', 'after'] as const) {
        const { injector, context, close } = await open()
        await checkFault(change, context, { injector, fault: { statement, when } })
        await close()
      }
    }
  })
})
