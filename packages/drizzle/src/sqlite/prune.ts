import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import { inArray, lt, lte, or, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { write, type SqliteDatabase } from './database.ts'
import { authCodes, authOutbox, authRateLimits, authSessions } from './tables.ts'

/** Deletes what is past its end, a bounded number of rows of each kind. */
export async function deleteExpired(
  db: SqliteDatabase,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): Promise<DeletedCounts> {
  const remove = (table: SQLiteTable, key: SQLiteColumn, isPast: SQL | undefined) =>
    write(db, 'deleteExpired', (tx) => {
      const past = tx.select({ key }).from(table).where(isPast).limit(limit)
      return tx.delete(table).where(inArray(key, past)).run().changes
    })
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
