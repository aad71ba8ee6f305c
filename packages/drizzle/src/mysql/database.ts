import type { MySql2Database, MySqlRawQueryResult } from 'drizzle-orm/mysql2'
import { and, sql, type SQL } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { attempt, Rollback } from '../shared/attempt.ts'
import { refuseGlobalCache } from '../shared/refuse-global-cache.ts'
import { driverError, isLockRefused, isLockWait, isLost } from './driver-error.ts'

type Orm = MySql2Database<Record<string, unknown>>

/**
 * The app's drizzle instance on mysql2, whatever its schema. Only a method whose type does not depend on the schema is
 * named: comparing whole instances costs an app's compiler some 270,000 type instantiations.
 */
export type AppDatabase = Pick<MySql2Database, 'execute'>

/** The same instance as the store uses it, and how calls on it take their turns. */
export interface MysqlDatabase {
  readonly orm: Orm
  /** Runs the work: at once on a pool, and on a lone connection when the work before it is done. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** An open transaction. */
export type MysqlTransaction = Parameters<Parameters<Orm['transaction']>[0]>[0]

/** Takes the app's drizzle instance into use. Throws a `ConfigError` where it caches every query. */
export function databaseOf(app: AppDatabase): MysqlDatabase {
  refuseGlobalCache(app)
  // Queries by table never look at the app's schema.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const orm = app as unknown as Orm
  return { orm, inTurn: isPool(app) ? (work) => work() : oneByOne() }
}

function isPool(app: object): boolean {
  const client = '$client' in app ? app.$client : undefined
  return typeof client === 'object' && client !== null && 'getConnection' in client
}

/** On one connection a transaction that begins ends the one that is open: MySQL commits it unasked. */
function oneByOne(): MysqlDatabase['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

/**
 * Runs one step as a transaction, at whatever isolation level the app has: every guard stands in a statement that
 * writes, and what a step reads it reads after the write that locked it, so that even the one snapshot of REPEATABLE
 * READ, which the first read takes, is of that moment or later.
 *
 * A deadlock is tried again, as is a connection that broke before `commit` was sent: the server has undone the step. A
 * connection that breaks during `commit` leaves open what was written, so that is a `StoreError`. A lock that was not
 * given within `innodb_lock_wait_timeout` (50 seconds by default) is waited for once more.
 */
export async function write<Outcome>(
  db: MysqlDatabase,
  operation: string,
  step: (tx: MysqlTransaction) => Promise<Outcome>,
): Promise<Outcome> {
  let isCommitting = false
  let lockWaits = 0
  const isTransient = (error: unknown): boolean => {
    if (isLockWait(error)) return (lockWaits += 1) === 1
    return isLockRefused(error) || (isLost(error) && !isCommitting)
  }
  const transaction = async (): Promise<Outcome> => {
    isCommitting = false
    return db.orm.transaction(async (tx) => {
      const outcome = await step(tx)
      isCommitting = true
      return outcome
    })
  }
  return attempt(operation, isTransient, async () =>
    db.inTurn(async () => orDriverError(transaction)),
  )
}

/** Runs a query outside any transaction. */
export async function read<Result>(
  db: MysqlDatabase,
  operation: string,
  query: () => Promise<Result>,
): Promise<Result> {
  return attempt(operation, isPassing, async () => db.inTurn(async () => orDriverError(query)))
}

/** Runs a query for one row outside any transaction; gives the row or `null`. */
export async function readOne<Row>(
  db: MysqlDatabase,
  operation: string,
  query: () => Promise<readonly Row[]>,
): Promise<Row | null> {
  return read(db, operation, async () => (await query())[0] ?? null)
}

function isPassing(error: unknown): boolean {
  return isLockRefused(error) || isLost(error)
}

async function orDriverError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Rollback ? error : driverError(error)
  }
}

/**
 * The WHERE of a write: the rows of a key that also meet the guard. The IF keeps the guard away from the optimiser. It
 * would else look for it in other indexes, and so lock entries and gaps that have to do with other people, and the
 * same row now from this index and now from that, until two calls hold what the other wants.
 */
export function guarded(key: SQL | undefined, ...guards: (SQL | undefined)[]): SQL | undefined {
  const guard = and(...guards)
  return guard === undefined ? key : and(key, sql`if(${guard}, 1, 0)`)
}

/**
 * How many rows a statement wrote. Of an UPDATE only where every row that it finds comes out different: the driver
 * counts the rows that were found, and with its flag `-FOUND_ROWS` those that were changed.
 */
export async function affectedRows(statement: PromiseLike<MySqlRawQueryResult>): Promise<number> {
  const [{ affectedRows: count }] = await statement
  return count
}

/** Whether an UPDATE with {@link marked} in its SET found a row, changed or not. */
export async function foundRow(statement: PromiseLike<MySqlRawQueryResult>): Promise<boolean> {
  const [{ affectedRows: count, insertId }] = await statement
  return count > 0 || insertId > 0
}

/**
 * A number, not below zero, left as it is; but the server answers with it: `LAST_INSERT_ID(n)` in a SET is sent back
 * as the statement's `insertId`. It is evaluated for a row that is found, so `insertId` is zero if none was.
 */
export function marked(column: MySqlColumn): SQL {
  return sql`last_insert_id(${column} + 1) - 1`
}
