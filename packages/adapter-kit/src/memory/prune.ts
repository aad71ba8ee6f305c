import type { AuthStore, DeletedCounts } from '@mindmesh/auth/ports'
import type { Rows } from './tables.ts'

/** Deletes what is past its end, a bounded number of rows of each kind. */
export function deleteExpired(
  rows: Rows,
  { now, endedBefore, limit }: Parameters<AuthStore['deleteExpired']>[0],
): DeletedCounts {
  const ended = (at: Date | null): boolean => at !== null && at < endedBefore
  return {
    codes: remove(rows.codes, limit, (code) => code.expiresAt <= now),
    sessions: remove(rows.sessions, limit, (s) => ended(s.expiresAt) || ended(s.revokedAt)),
    rateLimits: remove(rows.limits, limit, (row) => row.resetsAt <= now),
    mails: remove(rows.mails, limit, (m) => ended(m.sentAt) || ended(m.failedAt)),
  }
}

function remove<Row>(
  table: Map<string, Row>,
  limit: number,
  isPast: (row: Row) => boolean,
): number {
  const keys = [...table].filter(([, row]) => isPast(row)).map(([key]) => key)
  const taken = keys.slice(0, limit)
  for (const key of taken) table.delete(key)
  return taken.length
}
