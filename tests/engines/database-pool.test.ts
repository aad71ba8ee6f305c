import { expect, test } from 'vitest'
import { databasePool } from './database-pool.ts'
import type { TestDatabase } from './test-database.ts'

/** A pool that notes what is done to its databases. */
function watchedPool() {
  const done: string[] = []
  let count = 0
  const pool = databasePool(async (): Promise<TestDatabase> => {
    count += 1
    const place = `database ${count}`
    done.push(`create ${place}`)
    return {
      place,
      openStore: () => {
        throw new Error('not opened here')
      },
      dump: async () => '',
      rows: async () => {
        throw new Error('not read here')
      },
      empty: async () => void done.push(`empty ${place}`),
      drop: async () => void done.push(`drop ${place}`),
    }
  })
  return { pool, done }
}

test('database pool: the next test gets the same database, emptied', async () => {
  const { pool, done } = watchedPool()
  pool.giveBack(await pool.take())
  expect((await pool.take()).place).toBe('database 1')
  expect(done).toEqual(['create database 1', 'empty database 1'])
})

test('database pool: two that are in use at once are two', async () => {
  const { pool } = watchedPool()
  const [one, two] = await Promise.all([pool.take(), pool.take()])
  expect(one.place).not.toBe(two.place)
})

test('database pool: in the end all are dropped, those still in use too', async () => {
  const { pool, done } = watchedPool()
  pool.giveBack(await pool.take())
  await pool.take()
  await pool.take()
  await pool.drop()
  await pool.drop()
  expect(done.filter((step) => step.startsWith('drop'))).toEqual([
    'drop database 1',
    'drop database 2',
  ])
})
