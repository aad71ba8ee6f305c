import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import postgres, { type Sql } from 'postgres'
import { describe, expect, inject, test } from 'vitest'
import { watchPrismaMysql } from './engines/prisma-mysql.ts'
import { watchPrismaPostgres } from './engines/prisma-postgres.ts'
import type { ServerName } from './engines/server.ts'
import { emptyTables, openMysql } from './support/mysql.ts'
import { orNone } from './support/or-none.ts'
import { openPostgres } from './support/postgres.ts'

/** Every statement that a store sends, once, with the values that it was first sent with. */
type Statements = Map<string, readonly unknown[]>

/** Told of each statement. */
type Note = (text: string, values: readonly unknown[]) => void

/** A database with our tables, and which statements look into one of them without an index. */
interface Database {
  readonly url: string
  empty(): Promise<void>
  scans(statements: Statements): Promise<readonly string[]>
  close(): Promise<void>
}

const databases: Readonly<Record<ServerName, () => Promise<Database>>> = {
  async postgres() {
    const { client, url, empty, close } = await openPostgres({ max: 1 })
    return { url, empty, close, scans: async (statements) => scansOnPostgres(client, statements) }
  },
  async mysql() {
    const { pool, url, close } = await openMysql()
    return {
      url,
      close,
      empty: async () => emptyTables(pool),
      scans: async (statements) => scansOnMysql(pool, statements),
    }
  },
}

/** Each engine with a server, its store watched. */
const watched: readonly {
  readonly engine: string
  readonly server: ServerName
  open(url: string, note: Note): { readonly store: AuthStore; close(): Promise<void> }
}[] = [
  {
    engine: 'postgres',
    server: 'postgres',
    open(url, logQuery) {
      const client = postgres(url, { max: 1 })
      const store = drizzlePostgres(drizzleOnPostgres(client, { logger: { logQuery } }))
      return { store, close: async () => client.end() }
    },
  },
  {
    engine: 'prisma-postgres',
    server: 'postgres',
    open(url, note) {
      const prisma = watchPrismaPostgres(url, 1, note)
      return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
    },
  },
  {
    engine: 'mysql',
    server: 'mysql',
    open(url, logQuery) {
      const pool = createPool({ uri: url, connectionLimit: 4 })
      const store = drizzleMysql(drizzleOnMysql(pool, { logger: { logQuery } }))
      return { store, close: async () => pool.end() }
    },
  },
  {
    engine: 'prisma-mysql',
    server: 'mysql',
    open(url, note) {
      const prisma = watchPrismaMysql(url, 4, note)
      return { store: prismaAdapter(prisma), close: async () => prisma.$disconnect() }
    },
  },
]

const { ofEachDialect } = inject('engineRun')
const reached = orNone(watched.filter(({ engine }) => ofEachDialect.includes(engine)))

async function scansOnPostgres(client: Sql, statements: Statements): Promise<readonly string[]> {
  // Where there is no index, the planner has nothing else left than to read the whole table.
  await client`set enable_seqscan = off`
  const scans = []
  for (const [text, values] of statements) {
    if (!/^(with|select|insert|update|delete)/i.test(text)) continue
    if (!/"(auth_|users)/.test(text)) continue
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was sent before
    const plan = await client.unsafe(`explain ${text}`, values as string[]).catch(ofStatement(text))
    if (/Seq Scan on/.test(JSON.stringify(plan))) scans.push(text)
  }
  return scans
}

async function scansOnMysql(pool: Pool, statements: Statements): Promise<readonly string[]> {
  const scans = []
  for (const [text, values] of statements) {
    if (!/^(select|update|delete)/i.test(text) || !/`(auth_|users)/.test(text)) continue
    const [plan] = await pool
      .query<RowDataPacket[]>(`explain ${text}`, [...withWholeLimits(text, values)])
      .catch(ofStatement(text))
    // Without a key that could be used at all: an empty table is read whole whatever keys it has.
    // A derived table has no keys; what it is made from is a row of the plan too.
    const isScan = plan.some(
      (row) =>
        row['table'] !== null &&
        !String(row['table']).startsWith('<derived') &&
        row['type'] === 'ALL' &&
        row['possible_keys'] === null,
    )
    if (isScan) scans.push(text)
  }
  return scans
}

/** Prisma limits by BigInt, of which JSON makes text. */
function withWholeLimits(text: string, values: readonly unknown[]): readonly unknown[] {
  const isLimited = text.endsWith('LIMIT ? OFFSET ?')
  return isLimited ? [...values.slice(0, -2), ...values.slice(-2).map(Number)] : values
}

/** Names the statement that could not be explained. */
function ofStatement(text: string): (cause: unknown) => never {
  return (cause) => {
    throw new Error(text, { cause })
  }
}

/** Runs what each method does, one case after another: races send nothing new. */
async function collect(store: AuthStore, empty: () => Promise<void>): Promise<void> {
  for (const { name, run } of contractCases.filter((each) => !each.name.includes('at once'))) {
    await empty()
    await run(contractContext(store)).catch((cause: unknown) => {
      throw new Error(name, { cause })
    })
  }
}

describe.each(reached)('plans on $engine', ({ server, open }) => {
  test('every statement has an index for every table that it looks into', async () => {
    const statements: Statements = new Map()
    const { url, empty, scans, close } = await databases[server]()
    const opened = open(url, (text, values) => {
      if (!statements.has(text)) statements.set(text, values)
    })
    await collect(opened.store, empty)
    await opened.close()
    expect(statements.size).toBeGreaterThan(40)
    expect(await scans(statements)).toEqual([])
    await close()
  })
})
