import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  contractContext,
  type ContractContext,
  type FaultInjector,
} from '@mindmesh/auth-adapter-kit'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AuthStore } from '@mindmesh/auth/ports'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type * as generated from '../.prisma/sqlite/types/client.ts'
import { openPrismaMysql } from '../engines/prisma-mysql.ts'
import { openPrismaPostgres } from '../engines/prisma-postgres.ts'
import { emptyTables, openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import { sqliteFaults } from './sqlite-faults.ts'
import { startWireProxy, type Protocol } from './wire-proxy.ts'

/** A store on one client, whose statements can be made to fail; each `open` finds its tables empty. */
export interface FaultyStore {
  readonly injector: FaultInjector
  readonly context: ContractContext
  empty(): Promise<unknown>
  close(): Promise<void>
}

const TABLES =
  'users auth_sessions auth_codes auth_accounts auth_rate_limits auth_events auth_outbox'.split(' ')

const { PrismaClient } = createRequire(import.meta.url)(
  '../.prisma/sqlite/run/index.js',
) as typeof generated

/**
 * In memory. The faults begin after `begin`: where that itself fails, the driver adapter never gives its connection
 * back, and it fails for nobody but a caller who is inside a transaction already.
 */
export async function faultyPrismaSqlite({ isBeginCounted = false } = {}): Promise<
  FaultyStore & { readonly store: AuthStore }
> {
  const injector = sqliteFaults()
  const verbose = (statement?: unknown): void => {
    if (isBeginCounted || statement !== 'BEGIN') injector.verbose(statement)
  }
  const adapter = new PrismaBetterSqlite3(
    { url: ':memory:', verbose },
    { timestampFormat: 'unixepoch-ms' },
  )
  const prisma = new PrismaClient({ adapter })
  const migration = new URL(
    '../../packages/drizzle/migrations/sqlite/0000_initial.sql',
    import.meta.url,
  )
  for (const statement of readFileSync(migration, 'utf8').split('--> statement-breakpoint')) {
    await prisma.$executeRawUnsafe(statement)
  }
  const store = prismaAdapter(prisma)
  await store.users.findById('')
  return {
    injector,
    store,
    context: contractContext(store),
    async empty() {
      for (const table of TABLES) await prisma.$executeRawUnsafe(`delete from ${table}`)
    },
    close: async () => prisma.$disconnect(),
  }
}

/** Over one connection, through a proxy that cuts it. */
export async function faultyPrismaPostgres(): Promise<FaultyStore> {
  const opened = await openPostgres({ max: 1 })
  const { injector, url } = await proxied('postgres', opened.url)
  const prisma = openPrismaPostgres(url, 1)
  return {
    injector,
    context: contractContext(prismaAdapter(prisma)),
    empty: async () => opened.empty(),
    async close() {
      await prisma.$disconnect()
      await injector.close()
      await opened.close()
    },
  }
}

/** Likewise. */
export async function faultyPrismaMysql(): Promise<FaultyStore> {
  const opened = await openMysql()
  const { injector, url } = await proxied('mysql', opened.url)
  const prisma = openPrismaMysql(url, 1)
  return {
    injector,
    context: contractContext(prismaAdapter(prisma)),
    empty: async () => emptyTables(opened.pool),
    async close() {
      await prisma.$disconnect()
      await injector.close()
      await opened.close()
    },
  }
}

async function proxied(protocol: Protocol, place: string) {
  const url = new URL(place)
  const port = Number(url.port || (protocol === 'mysql' ? 3306 : 5432))
  const injector = await startWireProxy(protocol, { host: url.hostname, port })
  url.host = `127.0.0.1:${injector.port}`
  return { injector, url: url.href }
}
