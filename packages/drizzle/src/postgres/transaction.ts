import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import type { PostgresDatabase } from './database.ts'

/** A pool of `pg`, or of one of the drivers that are made after it. */
interface ClientPool {
  connect(): Promise<{ release(destroy?: boolean): void }>
}

/** What drizzle runs a transaction with; its classes for each driver differ in nothing that is used here. */
interface Session {
  readonly client: ClientPool
  readonly dialect: unknown
  readonly schema: unknown
  readonly options: unknown
  transaction: PostgresDatabase['transaction']
}
type SessionClass = new (
  client: unknown,
  dialect: unknown,
  schema: unknown,
  options: unknown,
) => Session

/**
 * Runs a transaction as drizzle does, and gives the connection back whatever happens. Drizzle (0.45) takes one from
 * the pool and sees to its return only after `begin` was answered: one that is lost right then stays away for ever,
 * and as many lost ones as the pool has connections leave every later call waiting.
 */
export async function transaction<Outcome>(
  db: PostgresDatabase,
  step: (tx: PostgresDatabase) => Promise<Outcome>,
  config: PgTransactionConfig | undefined,
): Promise<Outcome> {
  const session: unknown = Reflect.get(db, 'session')
  if (!isOnPool(session)) return db.transaction(step, config)
  let hasBegun = false
  const client = await session.client.connect()
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the class of the session, as drizzle itself calls it
    const SameSession = session.constructor as SessionClass
    const { dialect, schema, options } = session
    return await new SameSession(client, dialect, schema, options).transaction(async (tx) => {
      hasBegun = true
      return step(tx)
    }, config)
  } finally {
    client.release(!hasBegun)
  }
}

function isOnPool(session: unknown): session is Session {
  if (!isObject(session) || !('dialect' in session && 'schema' in session)) return false
  if (!('options' in session && 'client' in session)) return false
  const { client } = session
  return isObject(client) && 'connect' in client && 'totalCount' in client
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
