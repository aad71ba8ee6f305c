import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm'
import {
  affectedRows,
  guarded,
  write,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { writeEffects } from './effects.ts'
import { authOutbox as outbox } from './tables.ts'

/** Mail that was decided together with a change. */
export function outboxStore(db: MysqlDatabase): OutboxStore {
  return {
    claim: async (input) => write(db, 'outbox.claim', async (tx) => claim(tx, input)),
    complete: async ({ id, leaseId, at }) =>
      write(db, 'outbox.complete', async (tx) => {
        const set = { ...DONE, sentAt: at }
        const changes = await affectedRows(tx.update(outbox).set(set).where(isHeld(id, leaseId)))
        return changes === 0 ? 'stale' : 'completed'
      }),
    fail: async ({ id, leaseId, at, retryAt, error }, effects) =>
      write(db, 'outbox.fail', async (tx) => {
        const set =
          retryAt === null
            ? { ...DONE, failedAt: at, lastError: error }
            : { leaseId: null, leasedUntil: null, availableAt: retryAt, lastError: error }
        const changes = await affectedRows(tx.update(outbox).set(set).where(isHeld(id, leaseId)))
        if (changes === 0) return 'stale'
        await writeEffects(tx, effects)
        return 'failed'
      }),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

function isHeld(id: string, leaseId: string) {
  return guarded(eq(outbox.id, id), eq(outbox.leaseId, leaseId))
}

/** One UPDATE chooses and takes: a worker that comes second waits, sees these leases, and takes the mails after them. */
async function claim(
  tx: MysqlTransaction,
  { leaseId, leaseSeconds, limit, now }: Parameters<OutboxStore['claim']>[0],
): Promise<readonly ClaimedMail[]> {
  const isDue = and(
    lte(outbox.availableAt, now),
    or(isNull(outbox.leasedUntil), lte(outbox.leasedUntil, now)),
  )
  const leasedUntil = new Date(now.getTime() + leaseSeconds * 1000)
  const taken = await affectedRows(
    tx
      .update(outbox)
      .set({ leaseId, leasedUntil, attempts: sql`${outbox.attempts} + 1` })
      .where(isDue)
      .orderBy(asc(outbox.availableAt), asc(outbox.id))
      .limit(limit),
  )
  if (taken === 0) return []
  const { id, template, sealedPayload, expiresAt, createdAt, attempts } = outbox
  return tx
    .select({ id, template, sealedPayload, expiresAt, createdAt, attempts })
    .from(outbox)
    .where(eq(outbox.leaseId, leaseId))
    .orderBy(asc(outbox.id))
}
