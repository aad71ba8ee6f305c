import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql, migrate as migrateMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres, migrate as migratePostgres } from '@mindmesh/auth-drizzle/postgres'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import postgres, { type Sql } from 'postgres'
import { describe, expect, inject, test } from 'vitest'
import { watchPrismaMysql } from './engines/prisma-mysql.ts'
import { watchPrismaPostgres } from './engines/prisma-postgres.ts'
import { serverKinds } from './engines/server-kinds.ts'
import { createOnServer, type ServerName } from './engines/server.ts'
import { orNone } from './support/or-none.ts'

const { id: runId, servers, ofEachDialect } = inject('engineRun')

/** Every statement that a store sends, once, with the values that it was first sent with. */
type Statements = Map<string, readonly unknown[]>

/** A store whose statements are noted, and which of them look into a table without an index. */
interface Watched {
  readonly store: AuthStore
  scans(statements: Statements): Promise<readonly string[]>
  close(): Promise<void>
}

/** A database with our tables on a server; each engine whose statements are looked at has its own. */
const watched: readonly {
  readonly engine: string
  readonly server: ServerName
  open(url: string, statements: Statements): Promise<Watched>
}[] = [
  {
    engine: 'postgres',
    server: 'postgres',
    async open(url, statements) {
      const client = postgres(url, { max: 1, onnotice: () => undefined })
      const logQuery = (text: string, values: unknown[]): void => note(statements, text, values)
      const db = drizzleOnPostgres(client, { logger: { logQuery } })
      await migratePostgres(db)
      return {
        store: drizzlePostgres(db),
        scans: async () => scansOnPostgres(client, statements),
        close: async () => client.end(),
      }
    },
  },
  {
    engine: 'prisma-postgres',
    server: 'postgres',
    async open(url, statements) {
      const client = postgres(url, { max: 1, onnotice: () => undefined })
      await migratePostgres(drizzleOnPostgres(client))
      const prisma = watchPrismaPostgres(url, 1, (text, values) => note(statements, text, values))
      return {
        store: prismaAdapter(prisma),
        scans: async () => scansOnPostgres(client, statements),
        async close() {
          await prisma.$disconnect()
          await client.end()
        },
      }
    },
  },
  {
    engine: 'mysql',
    server: 'mysql',
    async open(url, statements) {
      const pool = createPool({ uri: url, connectionLimit: 4 })
      const logQuery = (text: string, values: unknown[]): void => note(statements, text, values)
      const db = drizzleOnMysql(pool, { logger: { logQuery } })
      await migrateMysql(db)
      return {
        store: drizzleMysql(db),
        scans: async () => scansOnMysql(pool, statements),
        close: async () => pool.end(),
      }
    },
  },
  {
    engine: 'prisma-mysql',
    server: 'mysql',
    async open(url, statements) {
      const pool = createPool({ uri: url, connectionLimit: 1 })
      await migrateMysql(drizzleOnMysql(pool))
      const prisma = watchPrismaMysql(url, 4, (text, values) => note(statements, text, values))
      return {
        store: prismaAdapter(prisma),
        scans: async () => scansOnMysql(pool, statements),
        async close() {
          await prisma.$disconnect()
          await pool.end()
        },
      }
    },
  },
]

function note(statements: Statements, text: string, values: readonly unknown[]): void {
  if (!statements.has(text)) statements.set(text, values)
}

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

describe.each(orNone(watched.filter(({ engine }) => ofEachDialect.includes(engine))))(
  'plans on $engine',
  ({ server: serverName, open }) => {
    test('every statement has an index for every table that it looks into', async () => {
      const server = servers[serverName]
      if (!('url' in server)) throw new Error('There is no server.')
      const statements: Statements = new Map()
      let scans: readonly string[] = []
      const database = await createOnServer(serverKinds[serverName], {
        url: server.url,
        runId,
        async connect(url) {
          const { store, ...opened } = await open(url, statements)
          return {
            openStore: () => store,
            async close() {
              scans = await opened.scans(statements)
              await opened.close()
            },
          }
        },
      })
      await collect(database.openStore(), database.empty)
      await database.drop()
      expect(statements.size).toBeGreaterThan(40)
      expect(scans).toEqual([])
    })
  },
)
