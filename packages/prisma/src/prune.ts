import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import { read, write, type PrismaDatabase } from './database.ts'
import type { CodeRow, LimitRow, Model, OutboxRow, Queries, SessionRow, Where } from './client.ts'

/** Deletes what is past its end, a bounded number of rows of each kind. */
export async function deleteExpired(
  db: PrismaDatabase,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): Promise<DeletedCounts> {
  return {
    codes: await removePast<CodeRow>(db, limit, {
      modelOf: (queries) => queries.authCode,
      key: 'id',
      ends: [{ expiresAt: { lte: now } }],
    }),
    sessions: await removePast<SessionRow>(db, limit, {
      modelOf: (queries) => queries.authSession,
      key: 'id',
      ends: [{ expiresAt: { lt: endedBefore } }, { revokedAt: { lt: endedBefore } }],
    }),
    rateLimits: await removePast<LimitRow>(db, limit, {
      modelOf: (queries) => queries.authRateLimit,
      key: 'key',
      ends: [{ resetsAt: { lte: now } }],
    }),
    mails: await removePast<OutboxRow>(db, limit, {
      modelOf: (queries) => queries.authOutbox,
      key: 'id',
      ends: [{ sentAt: { lt: endedBefore } }, { failedAt: { lt: endedBefore } }],
    }),
  }
}

/** Rows that may go: those that meet one of the conditions, each of which has an index. */
interface Past<Row> {
  readonly modelOf: (queries: Queries) => Model<Row>
  readonly key: keyof Row
  readonly ends: readonly Where<Row>[]
}

/**
 * The rows are looked for without a lock, by one index at a time, and deleted by their keys where they are still past
 * their end: a DELETE that looked for them itself would lock every row that it passes on MySQL.
 */
async function removePast<Row>(
  db: PrismaDatabase,
  limit: number,
  { modelOf, key, ends }: Past<Row>,
): Promise<number> {
  let removed = 0
  for (const isPast of ends) {
    if (removed === limit) break
    const rows = await read(db, 'deleteExpired', async (queries) =>
      modelOf(queries).findMany({ where: isPast, take: limit - removed }),
    )
    if (rows.length === 0) continue
    const isFound: Where<Row> = { ...isPast, [key]: { in: rows.map((row) => row[key]) } }
    removed += await write(db, 'deleteExpired', async (tx) => {
      const { count } = await modelOf(tx).deleteMany({ where: isFound })
      return count
    })
  }
  return removed
}
