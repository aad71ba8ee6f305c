import {
  authAccounts,
  authCodes,
  authEvents,
  authOutbox,
  authSessions,
  users,
} from '@mindmesh/auth-drizzle/mysql'
import type { MySql2Database } from 'drizzle-orm/mysql2'
import type { StoredRows } from './stored-rows.ts'

/** Every row that is stored on MariaDB or MySQL. */
export async function mysqlRows(db: Pick<MySql2Database, 'select'>): Promise<StoredRows> {
  return {
    users: await db.select().from(users),
    sessions: await db.select().from(authSessions),
    codes: await db.select().from(authCodes),
    accounts: await db.select().from(authAccounts),
    events: await db.select().from(authEvents),
    mails: await db.select().from(authOutbox),
  }
}
