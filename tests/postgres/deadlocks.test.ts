import { contractContext, races, runRace } from '@mindmesh/auth-adapter-kit'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import { describe, expect, test, vi } from 'vitest'
import { openPrismaPostgres } from '../engines/prisma-postgres.ts'
import { hasPostgres, openPostgres } from '../support/postgres.ts'
import { isThorough } from '../support/repeats.ts'

interface Opened {
  readonly store: AuthStore
  close(): Promise<void>
}

const stores: Readonly<Record<string, (url: string) => Opened>> = {
  drizzle(url) {
    const client = postgres(url, { max: 10 })
    return { store: drizzlePostgres(drizzle(client)), close: async () => client.end() }
  },
  prisma(url) {
    const prisma = openPrismaPostgres(url, 10)
    return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
  },
}

/** Rows come to lie in another order than that of their keys by chance. */
const ROUNDS = isThorough ? 20 : 8
const race = races.find(({ name }) => name.startsWith('rateLimits.hit: on two limits'))

/** What the server counted, once every other connection has told it what it met. */
async function deadlocksIn(client: Sql): Promise<number> {
  await vi.waitFor(async () => {
    const others = await client`
      select 1 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'`
    if (others.length > 0) throw new Error('Somebody is still connected.')
  })
  const [row] = await client<{ deadlocks: string }[]>`
    select deadlocks from pg_stat_database where datname = current_database()`
  return Number(row?.deadlocks)
}

describe.runIf(hasPostgres)('deadlocks', () => {
  // Each would cost a second before the server ends it, and a try of the three that there are.
  test.each(Object.entries(stores))(
    'through %s, hits and refunds of the same limits never wait in a circle',
    async (_, open) => {
      const database = await openPostgres({ max: 1 })
      const { store, close } = open(database.url)
      const context = contractContext(store)
      if (race === undefined) throw new Error('The race has another name now.')
      for (let round = 0; round < ROUNDS; round += 1) await runRace(race, context)
      await close()
      expect(await deadlocksIn(database.client)).toBe(0)
      await database.close()
    },
  )
})
