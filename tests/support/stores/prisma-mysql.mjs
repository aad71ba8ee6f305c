import { createRequire } from 'node:module'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'

const { PrismaClient } = createRequire(import.meta.url)('../../.prisma/mysql/run/index.js')

/** A store on a database that is migrated already. */
export async function openStore(url) {
  const { hostname, port, username, password, pathname } = new URL(url)
  const adapter = new PrismaMariaDb({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    connectionLimit: 8,
    // A busy machine is slow to connect: the driver's own limits are 1 and 10 seconds.
    connectTimeout: 20_000,
    acquireTimeout: 60_000,
  })
  const prisma = new PrismaClient({ adapter })
  return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
}
