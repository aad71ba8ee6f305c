import { inspect } from 'node:util'
import { DrizzleQueryError } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { driverError, isDuplicate, isLockRefused, isLockWait, isLost } from './driver-error.ts'

/** As drizzle throws it: its own error, with the statement, around the driver's. */
function thrown(fields: object, message = 'The server said no.'): DrizzleQueryError {
  return new DrizzleQueryError('select ?', ['secret'], Object.assign(new Error(message), fields))
}

test('driver errors: what is handed on holds neither the statement nor its parameters', () => {
  const error = driverError(thrown({ errno: 1064, sql: `select 'secret'` }))
  expect(inspect(error)).not.toContain('secret')
  expect(inspect(error)).toContain('The server said no.')
})

test('driver errors: each is known by the number of the server, whatever its language', () => {
  expect(isDuplicate(thrown({ errno: 1062 }, 'Doppelter Eintrag'))).toBe(true)
  expect(isLockRefused(thrown({ errno: 1213 }, 'Verklemmung'))).toBe(true)
  expect(isLockRefused(thrown({ errno: 1020 }))).toBe(true)
  expect(isLockWait(thrown({ errno: 1205 }))).toBe(true)
})

test.each([
  { code: 'PROTOCOL_CONNECTION_LOST' },
  { code: 'ECONNREFUSED' },
  { code: 'ECONNRESET' },
  { code: 'EPIPE' },
  { errno: 4031 },
  { errno: 1927 },
  { errno: 1040 },
])('driver errors: %j is a connection that was lost', (fields) => {
  expect(isLost(thrown(fields))).toBe(true)
})

test('driver errors: a command on a connection that broke before is a lost connection', () => {
  const message = `Can't add new command when connection is in closed state`
  expect(isLost(thrown({ fatal: true }, message))).toBe(true)
})

test.each([
  { errno: 1062 },
  { errno: 1064 },
  { errno: 1317, code: 'ER_QUERY_INTERRUPTED' },
  { errno: 1045, code: 'ER_ACCESS_DENIED_ERROR', fatal: true },
  {},
])('driver errors: %j does not pass by itself', (fields) => {
  const error = thrown(fields)
  expect([isLost(error), isLockRefused(error), isLockWait(error)]).toEqual([false, false, false])
})
