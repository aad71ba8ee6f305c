import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import { inArray, lt, lte, type SQL } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { affectedRows, guarded, read, write, type MysqlDatabase } from './database.ts'
import { authCodes, authOutbox, authRateLimits, authSessions } from './tables.ts'

/** Deletes what is past its end, a bounded number of rows of each kind. */
export async function deleteExpired(
  db: MysqlDatabase,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): Promise<DeletedCounts> {
  const remove = async (past: Omit<Past, 'limit'>): Promise<number> =>
    removePast(db, { ...past, limit })
  return {
    codes: await remove({
      table: authCodes,
      key: authCodes.id,
      ends: [lte(authCodes.expiresAt, now)],
    }),
    sessions: await remove({
      table: authSessions,
      key: authSessions.id,
      ends: [lt(authSessions.expiresAt, endedBefore), lt(authSessions.revokedAt, endedBefore)],
    }),
    rateLimits: await remove({
      table: authRateLimits,
      key: authRateLimits.key,
      ends: [lte(authRateLimits.resetsAt, now)],
    }),
    mails: await remove({
      table: authOutbox,
      key: authOutbox.id,
      ends: [lt(authOutbox.sentAt, endedBefore), lt(authOutbox.failedAt, endedBefore)],
    }),
  }
}

/** Rows that may go: those that meet one of the conditions, each of which has an index. */
interface Past {
  readonly table: MySqlTable
  readonly key: MySqlColumn
  readonly ends: readonly SQL[]
  readonly limit: number
}

/**
 * The rows are looked for without a lock, by one index at a time, and deleted by their keys: a DELETE that looked for
 * them itself would lock every row that it passes, and the gaps between them.
 */
async function removePast(db: MysqlDatabase, { table, key, ends, limit }: Past): Promise<number> {
  let removed = 0
  for (const isPast of ends) {
    if (removed === limit) break
    const rows = await read(db, 'deleteExpired', async () =>
      db.orm
        .select({ key })
        .from(table)
        .where(isPast)
        .limit(limit - removed),
    )
    if (rows.length === 0) continue
    const keys = rows.map((row) => row.key)
    removed += await write(db, 'deleteExpired', async (tx) =>
      affectedRows(tx.delete(table).where(guarded(inArray(key, keys), isPast))),
    )
  }
  return removed
}
