import { inspect } from 'node:util'
import { ConfigError, StoreError } from '@mindmesh/auth/ports'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { expect, test } from 'vitest'
import { attempt, Rollback } from './attempt.ts'

const never = (): boolean => false

test('attempt: an error shows neither the statement nor its parameters, causes included', async () => {
  const driver = Object.assign(new Error('the disk is full'), { code: 'SQLITE_FULL' })
  const wrapped = new DrizzleQueryError('insert into "users" values (?)', ['a hash'], driver)
  const call = attempt('users.register', never, () => {
    throw wrapped
  })
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StoreError)
  expect(error).toMatchObject({ operation: 'users.register', cause: driver })
  expect(inspect(wrapped)).toMatch(/insert into.*a hash/s)
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/insert into|a hash/)
})

test('attempt: what passes is tried again, eight times at the most', async () => {
  const locked = new Error('locked')
  let tries = 0
  const failing = async (times: number): Promise<string> => {
    tries = 0
    return attempt(
      'codes.issue',
      (error) => error === locked,
      () => {
        tries += 1
        if (tries <= times) throw locked
        return 'done'
      },
    )
  }
  expect(await failing(3)).toBe('done')
  await expect(failing(Infinity)).rejects.toMatchObject({ cause: locked })
  expect(tries).toBe(8)
})

test('attempt: what does not pass is tried once', async () => {
  let tries = 0
  const call = attempt('codes.issue', never, () => {
    tries += 1
    throw new Error('no such table')
  })
  await expect(call).rejects.toBeInstanceOf(StoreError)
  expect(tries).toBe(1)
})

test('attempt: a rollback gives its outcome, and a wrong set-up stays one', async () => {
  const outcome = await attempt<string>('users.register', never, () => {
    throw new Rollback('email_taken')
  })
  expect(outcome).toBe('email_taken')
  const wrong = new ConfigError([{ field: 'users', message: 'is missing' }])
  const call = attempt('assertSchema', never, () => {
    throw wrong
  })
  await expect(call).rejects.toBe(wrong)
})
