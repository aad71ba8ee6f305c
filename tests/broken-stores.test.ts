import {
  contractCases,
  contractContext,
  memoryStore,
  races,
  runRace,
  ContractViolation,
  type ContractCase,
} from '@mindmesh/auth-adapter-kit'
import type { AuthStore } from '@mindmesh/auth/ports'
import { drizzleMysql, migrate as migrateMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzlePostgres, migrate as migratePostgres } from '@mindmesh/auth-drizzle/postgres'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/node-postgres'
import { createPool } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { mysqlFaults } from './broken-stores/mysql-faults.ts'
import { postgresFaults } from './broken-stores/postgres-faults.ts'
import type { SqlFault } from './broken-stores/sql-fault.ts'
import { wrappedStores } from './broken-stores/wrapped.ts'
import { watchPool } from './support/mysql-watch.ts'
import { createDatabase as createOnMysql, hasMysql } from './support/mysql.ts'
import { createDatabase as createOnPostgres, hasPostgres } from './support/postgres.ts'
import { rewritingPool } from './support/rewriting-pool.ts'

function caseOf(name: string): ContractCase {
  const found = contractCases.find((each) => each.name === name)
  if (found === undefined) throw new Error(`There is no case "${name}".`)
  return found
}

const A_FINDING = { name: expect.stringMatching(/^(ContractViolation|StoreError)$/) as string }

/** The contract is worth what it finds: each of these stores has one fault, and one named case must find it. */
describe('broken stores', () => {
  test.each(wrappedStores)('$name', async ({ caughtBy, breakIt }) => {
    const found = caseOf(caughtBy)
    expect(await found.run(contractContext(memoryStore()))).toBeUndefined()
    await expect(found.run(contractContext(breakIt(memoryStore())))).rejects.toMatchObject(
      A_FINDING,
    )
  })
})

/** As many rounds as `tests/races.test.ts` gives a sound store. */
const ROUNDS = 30

/** Runs the case once, or the race until it finds something. */
async function findFault(store: AuthStore, name: string): Promise<void> {
  const context = contractContext(store)
  const race = races.find((each) => each.name === name)
  if (race === undefined) return caseOf(name).run(context)
  for (let round = 0; round < ROUNDS; round += 1) await runRace(race, context)
}

/** Faults that only the engine lets bite, in a store that is sound but for them. */
interface Engine {
  readonly name: string
  readonly faults: readonly SqlFault[]
  open(fault: SqlFault): Promise<{ readonly store: AuthStore; close(): Promise<void> }>
}

const engines: readonly Engine[] = [
  {
    name: 'postgres',
    faults: hasPostgres ? postgresFaults : [],
    async open(fault) {
      const pool = rewritingPool(
        await createOnPostgres(),
        fault.rewrite ?? ((statement) => statement),
      )
      const db = drizzleOnPostgres(pool)
      await migratePostgres(db)
      for (const statement of fault.tables ?? []) await pool.query(statement)
      return { store: drizzlePostgres(db), close: async () => pool.end() }
    },
  },
  {
    name: 'mysql',
    faults: hasMysql ? mysqlFaults : [],
    async open(fault) {
      const uri = await createOnMysql()
      const flags = fault.countsChangedRows === true ? ['-FOUND_ROWS'] : []
      const [pool, others] = [createPool({ uri, flags }), createPool({ uri })]
      await migrateMysql(drizzleOnMysql(pool))
      for (const statement of fault.tables ?? []) await pool.query(statement)
      const watched = watchPool(pool, {
        ...(fault.rewrite === undefined ? {} : { rewrite: fault.rewrite }),
        elsewhere: (statement) => (fault.isElsewhere?.(statement) === true ? others : null),
      })
      const close = async (): Promise<void> => {
        await pool.end()
        await others.end()
      }
      return { store: drizzleMysql(drizzleOnMysql(watched)), close }
    },
  },
]

describe.each(engines.filter(({ faults }) => faults.length > 0))(
  'broken stores on $name',
  ({ faults, open }) => {
    test.each(faults)('$name', async (fault) => {
      const { store, close } = await open(fault)
      const search = findFault(store, fault.caughtBy).finally(close)
      await expect(search).rejects.toBeInstanceOf(ContractViolation)
    })
  },
)
