import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { StoreError } from '@mindmesh/auth/ports'
import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watchPool, type Watch } from '../support/mysql-watch.ts'
import { createDatabase, hasMysql } from '../support/mysql.ts'

describe.runIf(hasMysql)('migrations of mysql', () => {
  let url: string
  let pool: Pool
  beforeEach(async () => {
    url = await createDatabase()
    pool = createPool({ uri: url })
  })
  afterEach(async () => pool.end())

  /** Every statement that is recorded, and whether it is done. */
  async function recorded(): Promise<readonly RowDataPacket[]> {
    const [rows] = await pool.query<RowDataPacket[]>(
      'select created_at, statement, is_done from __mindmesh_auth_migrations order by 1, 2',
    )
    return rows
  }

  async function expectMigrated(): Promise<void> {
    expect(await drizzleMysql(drizzle(pool)).assertSchema()).toBeUndefined()
    const rows = await recorded()
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.every((row) => row['is_done'] === 1)).toBe(true)
  }

  /** A process that dies at its n-th statement: that one is sent or not, and none after it. */
  function dying(fault: { readonly statement: number; readonly when: 'before' | 'after' }): Pool {
    let count = 0
    let isDead = false
    const die = (): never => {
      isDead = true
      throw new Error('The process was killed.')
    }
    const watch: Watch = {
      before(_, connection) {
        if (isDead) {
          connection.destroy()
          throw new Error('The process is dead.')
        }
        count += 1
        if (count === fault.statement && fault.when === 'before') die()
      },
      after() {
        if (count === fault.statement && fault.when === 'after') die()
      },
    }
    return watchPool(pool, watch)
  }

  describe('migrate on mysql', () => {
    test('a second run changes nothing', async () => {
      await migrate(drizzle(pool))
      await expectMigrated()
      const before = await recorded()
      const sent: string[] = []
      await migrate(drizzle(watchPool(pool, { before: (statement) => void sent.push(statement) })))
      expect(await recorded()).toEqual(before)
      expect(
        sent.filter((statement) => /^(create (?!table if)|insert|update)/i.test(statement)),
      ).toEqual([])
    })

    test('several processes at once: one works, the others wait', async () => {
      const worker = fileURLToPath(new URL('../support/migrate-worker.mjs', import.meta.url))
      const run = async () => promisify(execFile)(process.execPath, [worker, url])
      expect(await Promise.all([run(), run(), run()])).toHaveLength(3)
      await expectMigrated()
    })

    test('several calls at once on one pool: one works, the others wait', async () => {
      const calls = Array.from({ length: 5 }, async () => migrate(drizzle(pool)))
      expect(await Promise.all(calls)).toHaveLength(5)
      await expectMigrated()
    })

    // 1 begin, 2 lock, 3 record table, 4 what is recorded; then three for each statement of the file: noted, run, done.
    // 5 to 7 and so on to 25 make the tables, 26 and on the indexes.
    test.each(
      [3, 5, 6, 7, 8, 26, 27, 28].flatMap((statement) => [
        { statement, when: 'before' as const },
        { statement, when: 'after' as const },
      ]),
    )('a crash is mended by the next run: $when statement $statement', async (fault) => {
      await expect(migrate(drizzle(dying(fault)))).rejects.toThrow(StoreError)
      await migrate(drizzle(pool))
      await expectMigrated()
    })

    test('a table of that name that is not ours is not taken for ours, however often one tries', async () => {
      await pool.query('create table auth_codes (id int primary key)')
      await expect(migrate(drizzle(pool))).rejects.toThrow(StoreError)
      await expect(migrate(drizzle(pool))).rejects.toThrow(StoreError)
      await pool.query('drop table auth_codes')
      await migrate(drizzle(pool))
      await expectMigrated()
    })

    test('the lock is given back, after a failure too', async () => {
      await pool.query('create table users (id int primary key)')
      await expect(migrate(drizzle(pool))).rejects.toThrow(StoreError)
      const [[row]] = await pool.query<RowDataPacket[]>(
        `select is_free_lock(concat('mindmesh_auth_', md5(database()))) as is_free`,
      )
      expect(row).toEqual({ is_free: 1 })
    })
  })
})
