import { createRequire } from 'node:module'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaPg } from '@prisma/adapter-pg'

const { PrismaClient } = createRequire(import.meta.url)('../../.prisma/postgres/run/index.js')

/** A store on a database that is migrated already. */
export async function openStore(url) {
  const pool = { connectionString: url, max: 8, options: '-c timezone=UTC' }
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
}
