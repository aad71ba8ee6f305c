import type { ServerName } from './server.ts'
import type { Connect, TestDatabase } from './test-database.ts'

export type Dialect = 'sqlite' | ServerName

/** One place where the tests run: a store together with what it stores in. */
export type EngineEntry = {
  readonly name: string
  /** Whether several processes can have the same data open. */
  readonly isShareable: boolean
  /** The SQL that it speaks; `null` for none. */
  readonly dialect: Dialect | null
} & (
  | { readonly server: null; create(): Promise<TestDatabase> }
  | { readonly server: ServerName; readonly connect: Connect }
)

/**
 * Every engine; a new adapter is added here, and as `tests/support/stores/<name>.mjs` if processes can share it. What an
 * engine needs is loaded only when a test opens it.
 *
 * On a server, an entry says how to open an empty database: `{ name: 'postgres', isShareable: true, dialect:
 * 'postgres', server: 'postgres', connect: async (url) => (await import('./postgres.ts')).connectPostgres(url) }`.
 *
 * Of those that speak one dialect the first stands for all where a run is not thorough.
 */
export const engineList: readonly EngineEntry[] = [
  {
    name: 'memory',
    isShareable: false,
    dialect: null,
    server: null,
    create: async () => (await import('./memory.ts')).createMemory(),
  },
  {
    name: 'sqlite',
    isShareable: true,
    dialect: 'sqlite',
    server: null,
    async create() {
      const { connectSqlite } = await import('./sqlite.ts')
      const { createSqliteFile } = await import('./sqlite-file.ts')
      return createSqliteFile(connectSqlite)
    },
  },
  {
    name: 'postgres',
    isShareable: true,
    dialect: 'postgres',
    server: 'postgres',
    connect: async (url) => (await import('./postgres.ts')).connectPostgres(url),
  },
  {
    name: 'pglite',
    isShareable: false,
    dialect: 'postgres',
    server: null,
    create: async () => (await import('./pglite.ts')).createPglite(),
  },
  {
    name: 'mysql',
    isShareable: true,
    dialect: 'mysql',
    server: 'mysql',
    connect: async (url) => (await import('./mysql.ts')).connectMysql(url),
  },
  {
    name: 'prisma-sqlite',
    isShareable: true,
    dialect: 'sqlite',
    server: null,
    async create() {
      const { connectPrismaSqlite } = await import('./prisma-sqlite.ts')
      const { createSqliteFile } = await import('./sqlite-file.ts')
      return createSqliteFile(connectPrismaSqlite)
    },
  },
  {
    name: 'prisma-postgres',
    isShareable: true,
    dialect: 'postgres',
    server: 'postgres',
    connect: async (url) => (await import('./prisma-postgres.ts')).connectPrismaPostgres(url),
  },
  {
    name: 'prisma-mysql',
    isShareable: true,
    dialect: 'mysql',
    server: 'mysql',
    connect: async (url) => (await import('./prisma-mysql.ts')).connectPrismaMysql(url),
  },
]
