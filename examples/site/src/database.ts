import type { AuthStore, User } from '@mindmesh/auth'
import type { Settings } from './settings.ts'

/** This app's people: the library's columns and one of the app's own. */
export interface Model {
  readonly user: User & { readonly displayName: string }
  readonly profile: { readonly displayName: string }
}

/** An open database with its tables. */
export interface OpenDatabase {
  readonly adapter: AuthStore<Model>
  readonly close: () => Promise<void>
}

/** Opens the database that the settings name. An app has one of these cases, and no switch. */
export async function openDatabase({
  adapter,
  databaseUrl,
}: Pick<Settings, 'adapter' | 'databaseUrl'>): Promise<OpenDatabase> {
  switch (adapter) {
    case 'sqlite':
      return (await import('./databases/sqlite.ts')).openSqlite(databaseUrl)
    case 'postgres':
      return (await import('./databases/postgres.ts')).openPostgres(databaseUrl)
    case 'mysql':
      return (await import('./databases/mysql.ts')).openMysql(databaseUrl)
    case 'prisma':
      return (await import('./databases/prisma.ts')).openPrisma(databaseUrl)
  }
}
