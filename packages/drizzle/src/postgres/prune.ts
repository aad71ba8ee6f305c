import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import { and, inArray, lt, lte, or, sql, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { writeAtOnce, type PostgresDatabase } from './database.ts'
import { authCodes, authOutbox, authRateLimits, authSessions } from './tables.ts'

/**
 * Deletes what is past its end, a bounded number of rows of each kind. Rows that somebody is about to change are left
 * for the next pass; one that was renewed in between is kept by the guard in the DELETE's own WHERE.
 */
export async function deleteExpired(
  db: PostgresDatabase,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): Promise<DeletedCounts> {
  const remove = async (table: PgTable, key: PgColumn, isPast: SQL | undefined) =>
    writeAtOnce('deleteExpired', async () => {
      const past = db.$with('past').as(
        db
          .select({ key: sql<string>`${key}`.as('past_key') })
          .from(table)
          .where(isPast)
          .limit(limit)
          .for('update', { skipLocked: true }),
      )
      const rows = await db
        .with(past)
        .delete(table)
        .where(and(inArray(key, db.select({ key: past.key }).from(past)), isPast))
        .returning({ key })
      return rows.length
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
