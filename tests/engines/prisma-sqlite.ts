import { createRequire } from 'node:module'
import { migrate } from '@mindmesh/auth-drizzle/sqlite'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type * as generated from '../.prisma/sqlite/types/client.ts'
import type { Connection } from './test-database.ts'

const { PrismaClient } = createRequire(import.meta.url)(
  '../.prisma/sqlite/run/index.js',
) as typeof generated

/** Prisma on better-sqlite3, over the tables that the migrations make. */
export async function connectPrismaSqlite(path: string): Promise<Connection> {
  const tables = new Database(path)
  tables.pragma('journal_mode = WAL')
  await migrate(drizzle(tables))
  tables.close()
  const prisma = await openPrismaSqlite(path)
  return {
    openStore: () => prismaAdapter(prisma),
    close: async () => prisma.$disconnect(),
  }
}

/** A client on a file that has the tables. */
export async function openPrismaSqlite(path: string): Promise<generated.PrismaClient> {
  const adapter = new PrismaBetterSqlite3({ url: path }, { timestampFormat: 'unixepoch-ms' })
  const prisma = new PrismaClient({ adapter })
  // Only a power cut could lose what is not yet on the disk; a process that is killed loses nothing.
  await prisma.$executeRawUnsafe('pragma synchronous = off')
  return prisma
}
