/** What differs between the databases that Prisma can be on. */
export interface PrismaEngine {
  /** The folder of the schema and of the migrations in `@mindmesh/auth-prisma`. */
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  /** What Prisma calls it. */
  readonly provider: 'sqlite' | 'postgresql' | 'mysql'
  /** This app's own column: in the model `User`, and what this app's own migration would add to the table. */
  readonly ownField: string
  readonly ownColumn: string
  /** Asks for the names of the columns of `users`: no row while there is no such table. */
  readonly columnsOfUsers: string
  /** The driver adapter, set as the README of `@mindmesh/auth-prisma` says. */
  readonly connect: (url: string) => Promise<object>
}

/** The database that a URL, or the path of an SQLite file, leads to. An app has one of these, and no choice. */
export function prismaEngineOf(url: string): PrismaEngine {
  const scheme = /^([a-z+]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? 'file'
  if (scheme === 'file') return sqlite
  if (scheme === 'postgres' || scheme === 'postgresql') return postgres
  if (scheme === 'mysql' || scheme === 'mariadb') return mysql
  throw new Error(`DATABASE_URL is a ${scheme}: URL; Prisma is here on file:, postgres: or mysql:.`)
}

const sqlite: PrismaEngine = {
  name: 'sqlite',
  provider: 'sqlite',
  ownField: 'displayName String @map("display_name")',
  ownColumn: `display_name text not null default ''`,
  columnsOfUsers: `select name from pragma_table_info('users')`,
  async connect(url) {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3')
    return new PrismaBetterSqlite3({ url }, { timestampFormat: 'unixepoch-ms' })
  },
}

const postgres: PrismaEngine = {
  name: 'postgres',
  provider: 'postgresql',
  ownField: 'displayName String @map("display_name")',
  ownColumn: `display_name text not null default ''`,
  columnsOfUsers: `select column_name::text as name from information_schema.columns
    where table_schema = current_schema() and table_name = 'users'`,
  async connect(url) {
    const { PrismaPg } = await import('@prisma/adapter-pg')
    return new PrismaPg({ connectionString: url, options: '-c timezone=UTC' })
  },
}

const mysql: PrismaEngine = {
  name: 'mysql',
  provider: 'mysql',
  ownField: 'displayName String @map("display_name") @db.VarChar(100)',
  ownColumn: `display_name varchar(100) not null default ''`,
  columnsOfUsers: `select column_name as name from information_schema.columns
    where table_schema = database() and table_name = 'users'`,
  async connect(url) {
    const { PrismaMariaDb } = await import('@prisma/adapter-mariadb')
    return new PrismaMariaDb(url)
  },
}
