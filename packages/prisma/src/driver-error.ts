/** What a driver adapter of Prisma says about an error of its driver. */
interface DriverCause {
  readonly kind: string
  /** The code of the driver or of the server, as text. */
  readonly code: string
}

/** The driver adapter's word on an error: Prisma puts it into `meta`, or throws it as it is. */
function driverCause(error: unknown): DriverCause {
  const found = causeIn(field(field(error, 'meta'), 'driverAdapterError')) ?? causeIn(error)
  if (found === null) return { kind: '', code: '' }
  const code = textIn(found, 'originalCode')
  return { kind: textIn(found, 'kind'), code: code === '' ? textIn(found, 'code') : code }
}

function causeIn(error: unknown): object | null {
  const cause = field(error, 'cause')
  return typeof cause === 'object' && cause !== null && 'kind' in cause ? cause : null
}

/** A text or a number, as text; an empty text where there is neither. */
function textIn(value: unknown, name: string): string {
  const found = field(value, name)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, name)
  return found
}

/** Whether a unique key refused the row. */
export function isDuplicate(error: unknown): boolean {
  return driverCause(error).kind === 'UniqueConstraintViolation'
}

/**
 * Codes with which a server says that it undid the step for a reason that passes. PostgreSQL: a serialisation failure,
 * a deadlock, a lock that was not given. MySQL: a deadlock, a conflict in a group of servers, a row that MariaDB found
 * changed since the step's snapshot. SQLite says `SQLITE_BUSY` with a suffix.
 */
const UNDONE = new Set(['40001', '40P01', '55P03', '1213', '3101', '1020'])

/** Whether the database undid the step, or never began it, for a reason that passes. */
export function isLockRefused(error: unknown): boolean {
  const { kind, code } = driverCause(error)
  return kind === 'TransactionWriteConflict' || UNDONE.has(code) || code.startsWith('SQLITE_BUSY')
}

/** Whether MySQL did not give a lock in time; Prisma undoes the rest of the step. */
export function isLockWait(error: unknown): boolean {
  return driverCause(error).code === '1205'
}

/** Whether there was no connection, so that nothing was sent: nobody listens, or the server has no room or starts up. */
export function isNotConnected(error: unknown): boolean {
  const { kind, code } = driverCause(error)
  return kind === 'DatabaseNotReachable' || kind === 'TooManyConnections' || code === '57P03'
}

/**
 * The server ends the connection: PostgreSQL stops (57P01, 57P02) or lost it (08006), MySQL stops (1053) or cut it
 * (1927, 4031). The numbers from 45000 on are the driver `mariadb`'s own, for a socket that was closed.
 */
const LOST = new Set(
  '57P01 57P02 08006 1053 1927 4031 45001 45004 45009 45013 45019 45026'.split(' '),
)

/** The driver `pg` gives these no code. */
const LOST_ON_PG = /Connection terminated|connection error and is not queryable/

/** Whether the connection broke; what was on its way may have been carried out. */
export function isLost(error: unknown): boolean {
  const { kind, code } = driverCause(error)
  if (kind === 'ConnectionClosed' || LOST.has(code)) return true
  return error instanceof Error && LOST_ON_PG.test(error.message)
}

/**
 * The error without what it was called with: Prisma prints the arguments of a call, password hashes among them, into
 * the message of its own errors, before the line that says what is wrong.
 */
export function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { kind, code } = driverCause(error)
  const lines = error.message.split('\n').filter((line) => line.trim() !== '')
  const told = new Error(lines.at(-1)?.trim() ?? '')
  told.name = error.name
  const ownCode = field(error, 'code')
  return Object.assign(told, {
    ...(ownCode === undefined ? {} : { code: ownCode }),
    ...(kind === '' ? {} : { kind }),
    ...(code === '' ? {} : { driverCode: code }),
  })
}
