import {
  authAccounts,
  authCodes,
  authEvents,
  authOutbox,
  authSessions,
  users,
} from '@mindmesh/auth-drizzle/postgres'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { StoredRows } from './stored-rows.ts'

/** Every row that is stored on PostgreSQL. */
export async function postgresRows(db: Pick<PostgresJsDatabase, 'select'>): Promise<StoredRows> {
  return {
    users: await db.select().from(users),
    sessions: await db.select().from(authSessions),
    codes: await db.select().from(authCodes),
    accounts: await db.select().from(authAccounts),
    events: await db.select().from(authEvents),
    mails: await db.select().from(authOutbox),
  }
}
