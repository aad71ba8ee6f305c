import { codeOf, rootOf } from '../shared/attempt.ts'

/**
 * The driver's own error, without the statement: mysql2 keeps it, parameters filled in, in the error's `sql`, and
 * whoever logs the error would print it.
 */
export function driverError(error: unknown): unknown {
  const root = rootOf(error)
  if (root instanceof Error) Reflect.deleteProperty(root, 'sql')
  return root
}

/** Whether a unique key refused the row. */
export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === 1062
}

/** Whether what a statement would create is there already: a table, a column, an index. */
export function isThereAlready(error: unknown): boolean {
  return [1050, 1060, 1061].includes(errnoOf(error))
}

/**
 * Whether the server undid the step for a reason that passes: a deadlock (1213; in a Galera cluster also an answer to
 * `commit`), a conflict in a group of MySQL servers (3101, an answer to `commit`), or a row that MariaDB found changed
 * since the step's snapshot (1020).
 */
export function isLockRefused(error: unknown): boolean {
  return [1213, 3101, 1020].includes(errnoOf(error))
}

/** Whether a lock was not given in time: the server undoes the statement, and drizzle the rest of the step. */
export function isLockWait(error: unknown): boolean {
  return errnoOf(error) === 1205
}

/** The server has too many connections (1040, 1203), goes away (1053), or cut this one (1927, 4031). */
const LOST_BY_SERVER = [1040, 1053, 1203, 1927, 4031]
const LOST_ON_THE_WAY = [
  'PROTOCOL_CONNECTION_LOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]

/** Whether there was no connection, or it broke. */
export function isLost(error: unknown): boolean {
  if (LOST_BY_SERVER.includes(errnoOf(error)) || LOST_ON_THE_WAY.includes(codeOf(error)))
    return true
  // A command on a connection that broke before: mysql2 gives that error no code.
  const root = rootOf(error)
  return root instanceof Error && root.message.includes('in closed state')
}

/** The server's number of the error; its text is in the server's language. */
function errnoOf(error: unknown): number {
  const root = rootOf(error)
  return root instanceof Error && 'errno' in root ? Number(root.errno) : 0
}
