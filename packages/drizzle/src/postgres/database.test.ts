import { StoreError } from '@mindmesh/auth/ports'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pg-proxy'
import { describe, expect, test } from 'vitest'
import { accessTo, read, violatesUnique, writeAtOnce } from './database.ts'
import { users } from './tables.ts'

/** What a driver throws. */
function failure(code: string, fields: object = {}): Error {
  return Object.assign(new Error(`driver says ${code}`), { code, ...fields })
}

/** A database whose first statement fails so, and whose second gives nothing. */
function failingOnce(error: Error) {
  let sent = 0
  const db = drizzle(async () => {
    sent += 1
    if (sent === 1) throw error
    return { rows: [] }
  })
  return { db, sent: () => sent }
}

const UNDONE = ['40001', '40P01', '55P03']
const NOT_CONNECTED = ['ECONNREFUSED', '57P03', '53300']
const LOST = ['ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', '57P01', '57P02', '08006']
const FINAL = ['23505', '40003', '57014', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT', '42P01']

describe('tries', () => {
  test.each([...UNDONE, ...NOT_CONNECTED])(
    '%s: nothing was written, so a write is tried again',
    async (code) => {
      const { db, sent } = failingOnce(failure(code))
      const deleted = await writeAtOnce('users.delete', async () =>
        db.delete(users).returning({ id: users.id }),
      )
      expect(deleted).toEqual([])
      expect(sent()).toBe(2)
    },
  )

  test.each([...LOST, ...FINAL])('%s: a write is not tried again', async (code) => {
    const { db, sent } = failingOnce(failure(code))
    const call = writeAtOnce('users.delete', async () => db.delete(users).returning())
    await expect(call).rejects.toThrow(new StoreError('users.delete'))
    expect(sent()).toBe(1)
  })

  test.each([...UNDONE, ...NOT_CONNECTED, ...LOST])('%s: a query is asked again', async (code) => {
    const plain = failingOnce(failure(code))
    expect(await read('users.list', () => plain.db.select().from(users))).toEqual([])
    const built = failingOnce(failure(code))
    const { prepare } = accessTo(built.db, false)
    expect(await prepare('users.list', built.db.select().from(users))({})).toEqual([])
    expect([plain.sent(), built.sent()]).toEqual([2, 2])
  })

  test.each(FINAL)('%s: a query fails, and names itself without its SQL', async (code) => {
    const { db, sent } = failingOnce(failure(code))
    const query = db
      .select()
      .from(users)
      .where(sql`email = ${'anna@example.com'}`)
    await expect(read('users.findByEmail', () => query)).rejects.toThrow(
      /^The database could not carry out users.findByEmail.$/,
    )
    expect(sent()).toBe(1)
  })
})

test('violatesUnique: knows the table from every driver, and no other error', () => {
  const wrapped = new Error('Failed query', { cause: failure('23505', { table_name: 'users' }) })
  expect(violatesUnique(wrapped, users)).toBe(true)
  expect(violatesUnique(failure('23505', { table: 'users' }), users)).toBe(true)
  expect(violatesUnique(failure('23505', { table: 'auth_events' }), users)).toBe(false)
  expect(violatesUnique(failure('23503', { table: 'users' }), users)).toBe(false)
})
