import {
  changes,
  checkFault,
  contractContext,
  countStatements,
  type ContractContext,
  type FaultInjector,
} from '@mindmesh/auth-adapter-kit'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleOnMysql } from 'drizzle-orm/mysql2'
import { describe, expect, test } from 'vitest'
import { mysqlFaults } from './support/mysql-watch.ts'
import { hasMysql, openMysql } from './support/mysql.ts'
import { sqliteFaults } from './support/sqlite-faults.ts'

interface FaultyEngine {
  readonly name: string
  open(): Promise<{
    readonly injector: FaultInjector
    readonly context: ContractContext
    close(): Promise<void> | void
  }>
}

const faultyEngines: readonly FaultyEngine[] = [
  {
    name: 'sqlite',
    async open() {
      const injector = sqliteFaults()
      const client = new Database(':memory:', { verbose: injector.verbose })
      const db = drizzle(client)
      await migrate(db)
      const close = (): void => void client.close()
      return { injector, context: contractContext(drizzleSqlite(db)), close }
    },
  },
  {
    name: 'mysql',
    async open() {
      const opened = await openMysql()
      const { injector, pool } = mysqlFaults(opened.pool)
      const context = contractContext(drizzleMysql(drizzleOnMysql(pool)))
      return { injector, context, close: opened.close }
    },
  },
]

const isThere = ({ name }: FaultyEngine): boolean => name !== 'mysql' || hasMysql

describe.each(faultyEngines.filter(isThere))('faults on $name', ({ open }) => {
  test.each(changes)('$name: both or neither, whichever statement fails', async (change) => {
    const counted = await open()
    const count = await countStatements(change, counted.context, counted.injector)
    await counted.close()
    expect(count).toBeGreaterThan(2)
    for (let statement = 1; statement <= count; statement += 1) {
      for (const when of ['before', 'after'] as const) {
        const { injector, context, close } = await open()
        await checkFault(change, context, { injector, fault: { statement, when } })
        await close()
      }
    }
  })
})
