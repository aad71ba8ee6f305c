import { createRequire } from 'node:module'
import { migrate } from '@mindmesh/auth-drizzle/mysql'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
import type * as generated from '../.prisma/mysql/types/client.ts'
import type { Connection } from './test-database.ts'

const { PrismaClient } = createRequire(import.meta.url)(
  '../.prisma/mysql/run/index.js',
) as typeof generated

/** Prisma on the driver `mariadb`, over ten connections and the tables that the migrations make. */
export async function connectPrismaMysql(url: string): Promise<Connection> {
  const pool = createPool({ uri: url, connectionLimit: 1 })
  await migrate(drizzle(pool))
  await pool.end()
  const prisma = openPrismaMysql(url, 10)
  return {
    openStore: () => prismaAdapter(prisma),
    close: async () => prisma.$disconnect(),
  }
}

/** A client on a database that has the tables. */
export function openPrismaMysql(url: string, connectionLimit: number): generated.PrismaClient {
  return new PrismaClient({ adapter: adapterOn(url, connectionLimit) })
}

/** Likewise; it tells of each statement that it sends, with its values as JSON has them. */
export function watchPrismaMysql(
  url: string,
  connectionLimit: number,
  onStatement: (text: string, values: readonly unknown[]) => void,
) {
  const prisma = new PrismaClient({
    adapter: adapterOn(url, connectionLimit),
    log: [{ emit: 'event', level: 'query' }],
  })
  prisma.$on('query', ({ query, params }) => onStatement(query, JSON.parse(params)))
  return prisma
}

function adapterOn(url: string, connectionLimit: number): PrismaMariaDb {
  const { hostname, port, username, password, pathname } = new URL(url)
  return new PrismaMariaDb({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    connectionLimit,
    // A busy machine is slow to connect: the driver's own limits are 1 and 10 seconds.
    connectTimeout: 20_000,
    acquireTimeout: 60_000,
  })
}
