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
  const adapter = new PrismaPg({ connectionString: url, max, options: '-c timezone=UTC' })
  return new PrismaClient({ adapter })
}
