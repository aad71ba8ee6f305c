import { ConfigError } from '@mindmesh/auth/ports'
import { attempt } from './attempt.ts'
import type { AppClient, Client, Queries, TransactionOptions } from './client.ts'
import { parametersOf, type Parameters } from './columns.ts'
import { describeClient, type ClientDescription } from './describe-client.ts'
import { isLockRefused, isLockWait, isLost, isNotConnected } from './driver-error.ts'
import { settingsProblems } from './settings-check.ts'
import { quoted, sql, textOf, type Provider, type Sql } from './sql.ts'
import { tables } from './tables.ts'

/** The app's client as the stores use it. */
export interface PrismaDatabase {
  readonly provider: Provider
  readonly client: Client
  readonly description: ClientDescription
  /** Where the tables are, if not where the search path finds them. */
  readonly schema: string | null
  /** Values of statements that are written by hand. */
  readonly parameters: Parameters
  /** A table of the library, where the app's schema has put it. */
  table(model: string): Sql
  /** Runs the work: at once on a pool, and on the one connection of SQLite when the work before it is done. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Resolves if the connection keeps times and texts as they are given; looks once. */
  ready(): Promise<void>
}

/** Takes the app's client into use; throws a `ConfigError` where it lacks a model. `schema`: where the tables are, if not where the search path finds them. */
export function databaseOf(app: AppClient, schema: string | null): PrismaDatabase {
  const description = describeClient(app)
  const { provider } = description
  for (const { model } of tables) description.model(model)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the models are there, and have these methods
  const client = app as unknown as Client
  let looked: Promise<void> | null = null
  return {
    provider,
    client,
    description,
    schema,
    parameters: parametersOf(provider),
    inTurn: provider === 'sqlite' ? oneByOne() : async (work) => work(),
    table(model) {
      const found = description.model(model)
      const name = quoted(provider, found.table)
      const place = found.schema ?? schema
      return place === null ? name : sql`${quoted(provider, place)}.${name}`
    },
    async ready() {
      looked ??= checkSettings(provider, client)
      try {
        await looked
      } catch (error) {
        looked = null
        throw error
      }
    },
  }
}

function oneByOne(): PrismaDatabase['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

async function checkSettings(provider: Provider, client: Client): Promise<void> {
  const problems = await settingsProblems(provider, client)
  if (problems.length > 0) throw new ConfigError(problems)
}

/**
 * After `maxWait` Prisma gives up a transaction that may yet begin, and on SQLite and PostgreSQL puts its connection
 * back with that open. So it must not give up: how long a connection is waited for is the driver's to say
 * (`connectionTimeoutMillis` of pg, `acquireTimeout` of mariadb), and how long a lock, the database's.
 */
const UNBOUNDED: TransactionOptions = { maxWait: 2 ** 31 - 1, timeout: 2 ** 31 - 1 }

/**
 * READ COMMITTED is asked for by name on the servers, whatever the database's default: a statement must see what was
 * committed while an earlier one of its step waited for a lock. SQLite has one level, and writers come one by one.
 */
function optionsOf(provider: Provider): TransactionOptions {
  return provider === 'sqlite' ? UNBOUNDED : { ...UNBOUNDED, isolationLevel: 'ReadCommitted' }
}

/**
 * Runs one step as a transaction. Its first statement writes, so that on SQLite no snapshot is read that another
 * process may have made old by then.
 *
 * A deadlock is tried again, as is a connection that could not be had. A connection that broke may have broken in
 * `commit`, which leaves open what was written, so that is a `StoreError`. A lock that MySQL did not give within
 * `innodb_lock_wait_timeout` (50 seconds by default) is waited for once more.
 *
 * `beforeRetry` is asked before another try, outside the transaction: an outcome that is certain by then, or `null`.
 * Of many who want one unique key on MySQL most deadlock when the first gives it back, and would do so again.
 */
export async function write<Outcome>(
  db: PrismaDatabase,
  operation: string,
  step: (tx: Queries) => Promise<Outcome>,
  beforeRetry: (queries: Queries) => Promise<Outcome | null> = async () => null,
): Promise<Outcome> {
  let isRetry = false
  let lockWaits = 0
  let vanished = 0
  const isTransient = (error: unknown): boolean => {
    if (isLockWait(error)) return (lockWaits += 1) === 1
    if (error instanceof Vanished) return (vanished += 1) <= 2
    return isLockRefused(error) || isNotConnected(error)
  }
  return attempt(operation, isTransient, async () => {
    await db.ready()
    const settled = isRetry ? await query(db, beforeRetry) : null
    isRetry = true
    return settled ?? db.inTurn(async () => transaction(db, step))
  })
}

async function transaction<Outcome>(
  db: PrismaDatabase,
  step: (tx: Queries) => Promise<Outcome>,
): Promise<Outcome> {
  let isCommitting = false
  try {
    return await db.client.$transaction(async (tx) => {
      const outcome = await step(tx)
      isCommitting = true
      return outcome
    }, optionsOf(db.provider))
  } catch (error) {
    if (isCommitting && db.provider === 'sqlite') await endTransaction(db.client)
    throw error
  }
}

/**
 * Where a commit failed (the disk is full), the driver adapter of SQLite gives its one connection back as it is. SQLite
 * may have undone the step or not: where it did, there is nothing to roll back.
 */
async function endTransaction(client: Client): Promise<void> {
  await client.$executeRawUnsafe('rollback').catch(() => undefined)
}

/** What refused a row was gone when it was looked for: the step is worth another try. */
export class Vanished extends Error {
  constructor(cause: unknown) {
    super('A unique key refused the row, and no other row was found to have it.', { cause })
  }
}

/**
 * Runs queries outside any write. They change nothing, so they are also tried again where the connection was lost. On
 * SQLite they are a transaction too: the adapter has one connection, and what is asked on it while a transaction of
 * somebody else is open would see what that one has not committed.
 */
export async function read<Result>(
  db: PrismaDatabase,
  operation: string,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  return attempt(operation, isPassing, async () => {
    await db.ready()
    return query(db, work)
  })
}

async function query<Result>(
  db: PrismaDatabase,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  return db.provider === 'sqlite' ? db.inTurn(async () => transaction(db, work)) : work(db.client)
}

function isPassing(error: unknown): boolean {
  return isLockRefused(error) || isNotConnected(error) || isLost(error)
}

/** Runs a statement that Prisma's own methods cannot say. Gives how many rows it wrote. */
export async function execute(db: PrismaDatabase, tx: Queries, statement: Sql): Promise<number> {
  return tx.$executeRawUnsafe(textOf(db.provider, statement), ...statement.values)
}

/** Runs a query that Prisma's own methods cannot say. */
export async function select<Row>(
  provider: Provider,
  queries: Queries,
  statement: Sql,
): Promise<readonly Row[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns that the statement names
  return (await queries.$queryRawUnsafe(textOf(provider, statement), ...statement.values)) as Row[]
}
