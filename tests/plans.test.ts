import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql, migrate as migrateMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres, migrate as migratePostgres } from '@mindmesh/auth-drizzle/postgres'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import postgres from 'postgres'
import { describe, expect, inject, test } from 'vitest'
import { serverKinds } from './engines/server-kinds.ts'
import { createOnServer } from './engines/server.ts'

const { id: runId, servers, chosen } = inject('engineRun')

/** Every statement that a store sends, once, with the values that it was first sent with. */
type Statements = Map<string, readonly unknown[]>

/** Runs what each method does, one case after another: races send nothing new. */
async function collect(store: AuthStore, empty: () => Promise<void>): Promise<void> {
  for (const { name, run } of contractCases.filter((each) => !each.name.includes('at once'))) {
    await empty()
    await run(contractContext(store)).catch((cause: unknown) => {
      throw new Error(name, { cause })
    })
  }
}

describe.runIf(chosen.includes('postgres'))('plans on postgres', () => {
  test('every statement has an index for every table that it looks into', async () => {
    const server = servers.postgres
    if (!('url' in server)) throw new Error('There is no server.')
    const statements: Statements = new Map()
    const scans: string[] = []
    const database = await createOnServer(serverKinds.postgres, {
      url: server.url,
      runId,
      async connect(url) {
        const client = postgres(url, { max: 1, onnotice: () => undefined })
        const db = drizzleOnPostgres(client, {
          logger: { logQuery: (text, values) => void statements.set(text, values) },
        })
        await migratePostgres(db)
        return {
          openStore: () => drizzlePostgres(db),
          async close() {
            // Where there is no index, the planner has nothing else left than to read the whole table.
            await client`set enable_seqscan = off`
            for (const [text, values] of statements) {
              if (!/^(with|select|insert|update|delete)/i.test(text)) continue
              if (!/"(auth_|users)/.test(text)) continue
              // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what drizzle itself passed
              const plan = await client
                .unsafe(`explain ${text}`, values as string[])
                .catch((cause: unknown) => {
                  throw new Error(text, { cause })
                })
              if (/Seq Scan on/.test(JSON.stringify(plan))) scans.push(text)
            }
            await client.end()
          },
        }
      },
    })
    await collect(database.openStore(), database.empty)
    await database.drop()
    expect(statements.size).toBeGreaterThan(40)
    expect(scans).toEqual([])
  })
})

describe.runIf(chosen.includes('mysql'))('plans on mysql', () => {
  test('every statement has a key for every table that it looks into', async () => {
    const server = servers.mysql
    if (!('url' in server)) throw new Error('There is no server.')
    const statements: Statements = new Map()
    const scans: string[] = []
    const database = await createOnServer(serverKinds.mysql, {
      url: server.url,
      runId,
      async connect(url) {
        const pool = createPool({ uri: url, connectionLimit: 4 })
        const db = drizzleOnMysql(pool, {
          logger: { logQuery: (text, values) => void statements.set(text, values) },
        })
        await migrateMysql(db)
        return {
          openStore: () => drizzleMysql(db),
          async close() {
            for (const [text, values] of statements) {
              if (!/^(select|update|delete)/i.test(text) || !/`(auth_|users)/.test(text)) continue
              const [plan] = await pool.query<RowDataPacket[]>(`explain ${text}`, [...values])
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
            await pool.end()
          },
        }
      },
    })
    await collect(database.openStore(), database.empty)
    await database.drop()
    expect(statements.size).toBeGreaterThan(40)
    expect(scans).toEqual([])
  })
})
