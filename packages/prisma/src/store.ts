import type { AuthStore } from '@mindmesh/auth/ports'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import { databaseOf, read, select, type PrismaDatabase } from './database.ts'
import { eventStore } from './event-store.ts'
import { outboxStore } from './outbox-store.ts'
import { deleteExpired } from './prune.ts'
import { rateLimitStore } from './rate-limit-store.ts'
import { assertSchema } from './schema-check.ts'
import { sessionStore } from './session-store.ts'
import { sql, type Provider, type Sql } from './sql.ts'
import { userStore } from './user-store.ts'
import type { AppClientWithUser, ModelOf } from './users-model.ts'

/** What may be told besides the client. */
export interface PrismaAdapterOptions {
  /**
   * PostgreSQL: the schema that the driver adapter was given, `new PrismaPg(pool, { schema })`.
   * @default where the search path finds the tables
   */
  readonly schema?: string
}

/**
 * Storage through the app's Prisma client, on SQLite, PostgreSQL, MySQL or MariaDB: Prisma 7 with its driver adapter,
 * generated from a schema that holds the models of this package. The app's columns of its model `User` are typed in
 * `register`'s profile and in every returned user.
 *
 * Throws a `ConfigError` if a model is missing.
 */
export function prismaAdapter<Client extends AppClientWithUser>(
  prisma: Client,
  options: PrismaAdapterOptions = {},
): AuthStore<ModelOf<Client>> {
  const store: unknown = createStore(databaseOf(prisma, options.schema ?? null))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of this very model come out, without the hash
  return store as AuthStore<ModelOf<Client>>
}

function createStore(db: PrismaDatabase): AuthStore {
  return {
    users: userStore(db),
    sessions: sessionStore(db),
    codes: codeStore(db),
    accounts: accountStore(db),
    rateLimits: rateLimitStore(db),
    events: eventStore(db),
    outbox: outboxStore(db),
    deleteExpired: async (input) => deleteExpired(db, input),
    assertSchema: async () => assertSchema(db),
    readTime: async () => readTime(db),
  }
}

/** Milliseconds since 1970 by the database's own clock. */
const NOW: Readonly<Record<Provider, Sql>> = {
  sqlite: sql`select (julianday('now') - 2440587.5) * 86400000 as now`,
  postgres: sql`select extract(epoch from clock_timestamp()) * 1000 as now`,
  mysql: sql`select unix_timestamp(sysdate(3)) * 1000 as now`,
}

async function readTime(db: PrismaDatabase): Promise<Date> {
  const [row] = await read(db, 'readTime', async (queries) =>
    select<{ readonly now: unknown }>(db.provider, queries, NOW[db.provider]),
  )
  return new Date(Math.round(Number(row?.now)))
}
