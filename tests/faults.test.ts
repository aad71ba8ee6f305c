import { changes, checkFault, contractContext, countStatements } from '@mindmesh/auth-adapter-kit'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { describe, expect, test } from 'vitest'
import { sqliteFaults } from './support/sqlite-faults.ts'

async function openSqlite() {
  const injector = sqliteFaults()
  const client = new Database(':memory:', { verbose: injector.verbose })
  const db = drizzle(client)
  await migrate(db)
  return { injector, context: contractContext(drizzleSqlite(db)), close: () => client.close() }
}

describe('faults on sqlite', () => {
  test.each(changes)('$name: both or neither, whichever statement fails', async (change) => {
    const counted = await openSqlite()
    const count = await countStatements(change, counted.context, counted.injector)
    counted.close()
    expect(count).toBeGreaterThan(2)
    for (let statement = 1; statement <= count; statement += 1) {
      for (const when of ['before', 'after'] as const) {
        const { injector, context, close } = await openSqlite()
        await checkFault(change, context, { injector, fault: { statement, when } })
        close()
      }
    }
  })
})
