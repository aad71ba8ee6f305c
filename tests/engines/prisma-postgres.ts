import { createRequire } from 'node:module'
import { migrate } from '@mindmesh/auth-drizzle/postgres'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type * as generated from '../.prisma/postgres/types/client.ts'
import type { Connection } from './test-database.ts'

const { PrismaClient } = createRequire(import.meta.url)(
  '../.prisma/postgres/run/index.js',
) as typeof generated

/** Prisma on pg, over ten connections and the tables that the migrations make. */
export async function connectPrismaPostgres(url: string): Promise<Connection> {
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  await migrate(drizzle(client))
  await client.end()
  const prisma = openPrismaPostgres(url, 10)
  return {
    openStore: () => prismaAdapter(prisma),
    close: async () => prisma.$disconnect(),
  }
}

/** A client on a database that has the tables. */
export function openPrismaPostgres(url: string, max: number): generated.PrismaClient {
  return new PrismaClient({ adapter: adapterOn(url, max) })
}

/** Likewise; it tells of each statement that it sends, with its values as JSON has them. */
export function watchPrismaPostgres(
  url: string,
  max: number,
  onStatement: (text: string, values: readonly unknown[]) => void,
) {
  const prisma = new PrismaClient({
    adapter: adapterOn(url, max),
    log: [{ emit: 'event', level: 'query' }],
  })
  prisma.$on('query', ({ query, params }) => onStatement(query, JSON.parse(params)))
  return prisma
}

function adapterOn(url: string, max: number): PrismaPg {
  return new PrismaPg({ connectionString: url, max, options: '-c timezone=UTC' })
}
