import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import { inArray, lt, lte, or, type SQL } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { affectedRows, guarded, read, write, type MysqlDatabase } from './database.ts'
import { authCodes, authOutbox, authRateLimits, authSessions } from './tables.ts'

/**
 * Deletes what is past its end, a bounded number of rows of each kind. The rows are looked for without a lock and
 * deleted by their keys: a DELETE that looked for them itself would lock every row that it passes, and the gaps.
 */
export async function deleteExpired(
  db: MysqlDatabase,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): Promise<DeletedCounts> {
  const remove = async (
    table: MySqlTable,
    key: MySqlColumn,
    isPast: SQL | undefined,
  ): Promise<number> => {
    const past = await read(db, 'deleteExpired', async () =>
      db.orm.select({ key }).from(table).where(isPast).limit(limit),
    )
    if (past.length === 0) return 0
    const keys = past.map((row) => row.key)
    return write(db, 'deleteExpired', async (tx) =>
      affectedRows(tx.delete(table).where(guarded(inArray(key, keys), isPast))),
    )
  }
  return {
    codes: await remove(authCodes, authCodes.id, lte(authCodes.expiresAt, now)),
    sessions: await remove(
      authSessions,
      authSessions.id,
      or(lt(authSessions.expiresAt, endedBefore), lt(authSessions.revokedAt, endedBefore)),
    ),
    rateLimits: await remove(authRateLimits, authRateLimits.key, lte(authRateLimits.resetsAt, now)),
    mails: await remove(
      authOutbox,
      authOutbox.id,
      or(lt(authOutbox.sentAt, endedBefore), lt(authOutbox.failedAt, endedBefore)),
    ),
  }
}
