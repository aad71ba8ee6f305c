import type { AuthStore } from '@mindmesh/auth/ports'
import { codeStore, eventStore, rateLimitStore } from './other-stores.ts'
import { outboxStore } from './outbox-store.ts'
import { createTables, type Rows } from './rows.ts'
import { sessionStore } from './session-store.ts'
import { userStore } from './user-store.ts'

/** The reference store, with a look at its rows for tests. */
export interface MemoryStore extends AuthStore {
  /** A copy of every row. */
  dump(): Promise<Rows>
}

/**
 * Keeps everything in memory: the executable specification of the port. Each call is one step that no other comes
 * between. For tests; nothing survives the process.
 */
export function memoryStore(): MemoryStore {
  const tables = createTables()
  return {
    users: userStore(tables),
    sessions: sessionStore(tables),
    codes: codeStore(tables),
    rateLimits: rateLimitStore(tables),
    events: eventStore(tables),
    outbox: outboxStore(tables),
    deleteExpired: async ({ now, endedBefore, limit }) =>
      tables.write((rows) => ({
        codes: remove(rows.codes, limit, (code) => code.expiresAt <= now),
        sessions: remove(
          rows.sessions,
          limit,
          (s) => s.expiresAt < endedBefore || isBefore(s.revokedAt, endedBefore),
        ),
        rateLimits: remove(rows.limits, limit, (row) => row.resetsAt <= now),
        mails: remove(
          rows.mails,
          limit,
          (m) => isBefore(m.sentAt, endedBefore) || isBefore(m.failedAt, endedBefore),
        ),
      })),
    assertSchema: async () => undefined,
    dump: async () => tables.read((rows) => rows),
  }
}

function isBefore(at: Date | null, bound: Date): boolean {
  return at !== null && at < bound
}

function remove<Row>(
  table: Map<string, Row>,
  limit: number,
  isPast: (row: Row) => boolean,
): number {
  const keys = [...table].filter(([, row]) => isPast(row)).map(([key]) => key)
  for (const key of keys.slice(0, limit)) table.delete(key)
  return Math.min(keys.length, limit)
}
