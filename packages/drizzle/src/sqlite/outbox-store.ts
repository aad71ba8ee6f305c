import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { write, type SqliteDatabase } from './database.ts'
import { writeEffects } from './effects.ts'
import { authOutbox as outbox } from './tables.ts'

/** Mail that was decided together with a change. */
export function outboxStore(db: SqliteDatabase): OutboxStore {
  return {
    claim: async (input) => write(db, 'outbox.claim', (tx) => claim(tx, input)),
    complete: async ({ id, leaseId, at }) =>
      write(db, 'outbox.complete', (tx) => {
        const set = { ...DONE, sentAt: at }
        const { changes } = tx.update(outbox).set(set).where(isHeld(id, leaseId)).run()
        return changes === 0 ? 'stale' : 'completed'
      }),
    fail: async ({ id, leaseId, at, retryAt, error }, effects) =>
      write(db, 'outbox.fail', (tx) => {
        const set =
          retryAt === null
            ? { ...DONE, failedAt: at, lastError: error }
            : { leaseId: null, leasedUntil: null, availableAt: retryAt, lastError: error }
        const { changes } = tx.update(outbox).set(set).where(isHeld(id, leaseId)).run()
        if (changes === 0) return 'stale'
        writeEffects(tx, effects)
        return 'failed'
      }),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

function isHeld(id: string, leaseId: string) {
  return and(eq(outbox.id, id), eq(outbox.leaseId, leaseId))
}

function claim(
  tx: SqliteDatabase,
  { leaseId, leaseSeconds, limit, now }: Parameters<OutboxStore['claim']>[0],
): readonly ClaimedMail[] {
  const isDue = and(
    lte(outbox.availableAt, now),
    or(isNull(outbox.leasedUntil), lte(outbox.leasedUntil, now)),
  )
  const due = tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(isDue)
    .orderBy(asc(outbox.availableAt), asc(outbox.id))
    .limit(limit)
    .all()
    .map((row) => row.id)
  if (due.length === 0) return []
  const leasedUntil = new Date(now.getTime() + leaseSeconds * 1000)
  tx.update(outbox)
    .set({ leaseId, leasedUntil, attempts: sql`${outbox.attempts} + 1` })
    .where(and(inArray(outbox.id, due), isDue))
    .run()
  const { id, template, sealedPayload, expiresAt, createdAt, attempts } = outbox
  return tx
    .select({ id, template, sealedPayload, expiresAt, createdAt, attempts })
    .from(outbox)
    .where(eq(outbox.leaseId, leaseId))
    .orderBy(asc(outbox.id))
    .all()
}
