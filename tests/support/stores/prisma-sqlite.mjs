import { createRequire } from 'node:module'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'

const { PrismaClient } = createRequire(import.meta.url)('../../.prisma/sqlite/run/index.js')

/** A store on a database file that is migrated already. */
export async function openStore(file) {
  const adapter = new PrismaBetterSqlite3({ url: file }, { timestampFormat: 'unixepoch-ms' })
  const prisma = new PrismaClient({ adapter })
  await prisma.$executeRawUnsafe('pragma synchronous = off')
  return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
}
