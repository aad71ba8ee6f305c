import { ConfigError, StoreError } from '@mindmesh/auth/ports'
import { expect, test } from 'vitest'
import { attempt, Rollback } from './attempt.ts'
import { isDuplicate, isLockRefused, isLockWait, isLost, isNotConnected } from './driver-error.ts'

/** An error as Prisma throws it, around what a driver adapter said. */
function known(code: string, cause: object): Error {
  const driverAdapterError = Object.assign(new Error('said'), { cause })
  return Object.assign(new Error('\nInvalid `x()` invocation:\n\n\nIt failed.'), {
    name: 'PrismaClientKnownRequestError',
    code,
    meta: { driverAdapterError },
  })
}

/** Fails so many times, then succeeds. */
function failing(times: number, error: Error): () => Promise<number> {
  let calls = 0
  return async () => {
    calls += 1
    if (calls <= times) throw error
    return calls
  }
}

test('attempt: what passes is tried again, a bounded number of times', async () => {
  const deadlock = known('P2034', { kind: 'TransactionWriteConflict', originalCode: '40P01' })
  expect(await attempt('a', isLockRefused, failing(3, deadlock))).toBe(4)
  const call = attempt('sessions.open', isLockRefused, failing(100, deadlock))
  await expect(call).rejects.toThrow('The database could not carry out sessions.open.')
})

test('attempt: a rollback gives its outcome, decided when the step is undone', async () => {
  const taken = async (): Promise<string> => {
    throw new Rollback(async () => 'taken')
  }
  expect(await attempt('a', isLockRefused, taken)).toBe('taken')
  const other = async (): Promise<string> => {
    throw new Rollback(() => {
      throw new Error('nobody has it')
    })
  }
  await expect(attempt('a', isLockRefused, other)).rejects.toThrow(StoreError)
})

test('attempt: a wrong set-up is told as it is', async () => {
  const wrong = new ConfigError([{ field: 'TimeZone', message: 'is wrong' }])
  await expect(attempt('a', () => true, failing(1, wrong))).rejects.toBe(wrong)
})

test('attempt: the cause holds what is wrong, and none of the arguments that Prisma prints', async () => {
  const message =
    '\nInvalid `x()` invocation:\n{ passwordHash: "SECRET" }\n\nArgument `a` is missing.'
  const error = Object.assign(new Error(message), { name: 'PrismaClientValidationError' })
  const failure: unknown = await attempt('a', isLockRefused, failing(1, error)).catch(
    (reason: unknown) => reason,
  )
  const { cause } = failure as StoreError
  expect(String(cause)).toBe('PrismaClientValidationError: Argument `a` is missing.')
  expect((cause as Error).stack).not.toContain('SECRET')
})

test('driver errors: each kind is known, also where Prisma has no code for it', () => {
  const bare = Object.assign(new Error('x'), { cause: { kind: 'postgres', originalCode: '55P03' } })
  expect(isLockRefused(bare)).toBe(true)
  const busy = { kind: 'SocketTimeout', originalCode: 'SQLITE_BUSY_SNAPSHOT' }
  expect(isLockRefused(known('P1008', busy))).toBe(true)
  expect(isLockRefused(known('P1008', { kind: 'SocketTimeout' }))).toBe(false)
  expect(isLockWait(known('P2010', { kind: 'mysql', code: 1205 }))).toBe(true)
  expect(isDuplicate(known('P2002', { kind: 'UniqueConstraintViolation' }))).toBe(true)
  expect(isNotConnected(known('P1001', { kind: 'DatabaseNotReachable' }))).toBe(true)
  expect(isLost(known('P1017', { kind: 'ConnectionClosed' }))).toBe(true)
  expect(isLost(new Error('Connection terminated unexpectedly'))).toBe(true)
  expect(isLost(known('P2010', { kind: 'mysql', originalCode: '45009' }))).toBe(true)
  expect(isLost(new Error('It failed.'))).toBe(false)
})
