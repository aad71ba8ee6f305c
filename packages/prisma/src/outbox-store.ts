import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import type { OutboxRow, Where } from './client.ts'
import { read, write, type PrismaDatabase } from './database.ts'
import { writeEffects } from './effects.ts'

/** Mail that was decided together with a change. */
export function outboxStore(db: PrismaDatabase): OutboxStore {
  return {
    claim: async (input) => claim(db, input),
    complete: async ({ id, leaseId, at }) =>
      write(db, 'outbox.complete', async (tx) => {
        const { count } = await tx.authOutbox.updateMany({
          where: { id, leaseId },
          data: { ...DONE, sentAt: at },
        })
        return count === 0 ? 'stale' : 'completed'
      }),
    fail: async ({ id, leaseId, at, retryAt, error }, effects) =>
      write(db, 'outbox.fail', async (tx) => {
        const data =
          retryAt === null
            ? { ...DONE, failedAt: at, lastError: error }
            : { leaseId: null, leasedUntil: null, availableAt: retryAt, lastError: error }
        const { count } = await tx.authOutbox.updateMany({ where: { id, leaseId }, data })
        if (count === 0) return 'stale'
        await writeEffects(db, tx, effects)
        return 'failed'
      }),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

/**
 * Looks for due mails, then takes those of them that are still due: the guard of the update decides. Where other
 * workers took all of them in between, it looks again, for there may be more behind them.
 */
async function claim(
  db: PrismaDatabase,
  { leaseId, leaseSeconds, limit, now }: Parameters<OutboxStore['claim']>[0],
): Promise<readonly ClaimedMail[]> {
  const isDue: Where<OutboxRow> = {
    availableAt: { lte: now },
    OR: [{ leasedUntil: null }, { leasedUntil: { lte: now } }],
  }
  const leasedUntil = new Date(now.getTime() + leaseSeconds * 1000)
  for (;;) {
    const due = await read(db, 'outbox.claim', async ({ authOutbox }) =>
      authOutbox.findMany({
        where: isDue,
        orderBy: [{ availableAt: 'asc' }, { id: 'asc' }],
        take: limit,
        select: { id: true },
      }),
    )
    if (due.length === 0) return []
    const ids = due.map((row) => row.id)
    const taken = await write(db, 'outbox.claim', async (tx) => {
      const { count } = await tx.authOutbox.updateMany({
        where: { id: { in: ids }, ...isDue },
        data: { leaseId, leasedUntil, attempts: { increment: 1 } },
      })
      if (count === 0) return []
      return tx.authOutbox.findMany({
        where: { leaseId },
        orderBy: [{ id: 'asc' }],
        select: CLAIMED,
      })
    })
    if (taken.length > 0) return taken
  }
}

const CLAIMED = {
  id: true,
  template: true,
  sealedPayload: true,
  expiresAt: true,
  createdAt: true,
  attempts: true,
} as const
