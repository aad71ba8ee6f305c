import { createHash } from 'node:crypto'
import { getTableName, is } from 'drizzle-orm'
import { PgDatabase, type PgQueryResultHKT, type PgTable } from 'drizzle-orm/pg-core'
import { attempt, codeOf, rootOf } from '../shared/attempt.ts'
import { once } from '../shared/once.ts'
import { transaction } from './transaction.ts'

/**
 * The app's drizzle instance, whatever its driver and its schema: known by the methods that only PostgreSQL's have.
 * Comparing whole instances would cost an app's compiler some 80,000 type instantiations.
 */
export interface AppDatabase {
  readonly refreshMaterializedView: unknown
  readonly selectDistinctOn: unknown
  readonly transaction: unknown
}

/** The same instance as the store uses it: for queries by table, which never look at the app's schema. */
export type PostgresDatabase = PgDatabase<PgQueryResultHKT, Record<string, unknown>>

/**
 * The database that is asked: of a drizzle with read replicas (`withReplicas`) its primary. A replica lags behind, and
 * a session that has ended would live on in it.
 */
export function primaryOf(app: AppDatabase): PostgresDatabase {
  if ('$primary' in app && is(app.$primary, PgDatabase)) return app.$primary
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else has these methods
  return app as PostgresDatabase
}

/**
 * Runs one step as a transaction of several statements. READ COMMITTED is asked for by name, whatever the database's
 * default: a statement must see what was committed while an earlier one of its step waited for a lock. Only a step
 * that is exact at any level asks for none, which is one statement less.
 *
 * A connection that broke before `commit` was sent is tried again: the server has undone the step. One that breaks
 * during `commit` leaves open what was written, so that is a `StoreError`.
 */
export async function write<Outcome>(
  db: PostgresDatabase,
  operation: string,
  step: (tx: PostgresDatabase) => Promise<Outcome>,
  { isolation = 'read committed' }: { readonly isolation?: 'read committed' | 'any' } = {},
): Promise<Outcome> {
  let isCommitting = false
  const config = isolation === 'any' ? undefined : ({ isolationLevel: isolation } as const)
  return attempt(
    operation,
    // What a `rollback` says that follows a lost `commit` tells nothing of the `commit`.
    (error) => (isCommitting ? isUndone(error) : isTransient(error) || isLost(error)),
    async () => {
      isCommitting = false
      return transaction(
        db,
        async (tx) => {
          const outcome = await step(tx)
          isCommitting = true
          return outcome
        },
        config,
      )
    },
  )
}

/** Runs a step that is a single statement, or whose statements are exact at any isolation level. */
export async function writeAtOnce<Outcome>(
  operation: string,
  step: () => Promise<Outcome>,
): Promise<Outcome> {
  return attempt(operation, isTransient, step)
}

/** A query that is not yet sent. */
interface Select<Result> {
  $withCache(config: false): PromiseLike<Result>
}

/**
 * Runs a query outside any transaction. It changes nothing, so it is also tried again where the connection was lost.
 * The app's drizzle may have a cache: what it holds is never asked, or a session that has ended would live on in it.
 */
export async function read<Result>(
  operation: string,
  query: () => Select<Result>,
): Promise<Result> {
  return attempt(operation, isTransientForReads, async () => query().$withCache(false))
}

/** What drizzle prepares. */
interface Preparable<Result> {
  prepare(name: string): { execute(values: Record<string, unknown>): Promise<Result> }
}

/** A statement with placeholders. Only a SELECT would be looked for in the app's cache. */
type PreparableStatement<Result> = { toSQL(): { readonly sql: string } } & (
  | Preparable<Result>
  | { $withCache(config: false): Preparable<Result> }
)

/** Builds a statement's text once, when it is first run. What it gives runs it with a value for each placeholder. */
export type Prepare = <Result>(
  operation: string,
  query: PreparableStatement<Result>,
) => (values: Record<string, unknown>) => Promise<Result>

/** What every store works with. */
export interface Access {
  readonly db: PostgresDatabase
  /** For what changes nothing: it runs as {@link read} does. */
  readonly prepare: Prepare
  /** For a change that is a single statement: it runs as {@link writeAtOnce} does. */
  readonly prepareWrite: Prepare
}

/**
 * Opens the app's database for the stores. Only `preparedStatements` leaves anything on the server's connections:
 * without a name for it a statement is gone when it was answered, and a pooler may send the next one elsewhere.
 */
export function accessTo(db: PostgresDatabase, preparedStatements: boolean): Access {
  const prepareFor =
    (isPassing: (error: unknown) => boolean): Prepare =>
    (operation, query) => {
      const statement = '$withCache' in query ? query.$withCache(false) : query
      const prepared = once(() => {
        const name = preparedStatements ? nameOf(query.toSQL().sql) : undefined
        // An empty name would not do: the driver `postgres` prepares under any name.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what drizzle itself passes; its type does not say so
        return statement.prepare(name as string)
      })
      return async (values) => attempt(operation, isPassing, async () => prepared().execute(values))
    }
  return {
    db,
    prepare: prepareFor(isTransientForReads),
    prepareWrite: prepareFor(isTransient),
  }
}

/** From the text alone: two stores on one connection may have different users tables, and so different queries. */
function nameOf(text: string): string {
  return `mindmesh_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}

/** What PostgreSQL has undone as a whole: a serialisation failure, a deadlock, a lock that was not given. */
const UNDONE = new Set(['40001', '40P01', '55P03'])

/** There was no connection, so nothing was sent: nobody listens, the server starts up or stops, it has no room. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', '57P03', '53300'])

/** The connection ended. What was on its way may have been carried out: the server may have ended it after a commit. */
const LOST = new Set(['ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', '57P01', '57P02', '08006'])

/** `pg` gives these errors no code. On a connection that it knows to be lost it sends nothing any more. */
const NOT_SENT_BY_PG = 'is not queryable'
const LOST_BY_PG = 'Connection terminated'

function isUndone(error: unknown): boolean {
  return UNDONE.has(codeOf(error))
}

function isTransient(error: unknown): boolean {
  return isUndone(error) || NOT_CONNECTED.has(codeOf(error)) || says(error, NOT_SENT_BY_PG)
}

function isLost(error: unknown): boolean {
  return LOST.has(codeOf(error)) || says(error, LOST_BY_PG)
}

function isTransientForReads(error: unknown): boolean {
  return isTransient(error) || isLost(error)
}

function says(error: unknown, text: string): boolean {
  const root = rootOf(error)
  return root instanceof Error && root.message.includes(text)
}

/** Whether a unique index of this table refused the row. The drivers do not agree on where they say which table. */
export function violatesUnique(error: unknown, table: PgTable): boolean {
  const root = rootOf(error)
  if (codeOf(error) !== '23505' || !(root instanceof Error)) return false
  const named = 'table_name' in root ? root.table_name : 'table' in root ? root.table : undefined
  return named === getTableName(table)
}
