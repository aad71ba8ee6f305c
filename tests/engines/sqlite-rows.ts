import {
  authAccounts,
  authCodes,
  authEvents,
  authOutbox,
  authSessions,
  users,
} from '@mindmesh/auth-drizzle/sqlite'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { StoredRows } from './stored-rows.ts'

/** Every row that is stored on SQLite. */
export async function sqliteRows(db: Pick<BetterSQLite3Database, 'select'>): Promise<StoredRows> {
  return {
    users: await db.select().from(users),
    sessions: await db.select().from(authSessions),
    codes: await db.select().from(authCodes),
    accounts: await db.select().from(authAccounts),
    events: await db.select().from(authEvents),
    mails: await db.select().from(authOutbox),
  }
}
