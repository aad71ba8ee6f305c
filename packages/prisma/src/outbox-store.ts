import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import type { OutboxRow, Queries, Where } from './client.ts'
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
    inspect: async (input) =>
      read(db, 'outbox.inspect', async (queries) => inspect(queries, input)),
    hasten: async ({ now }) =>
      write(db, 'outbox.hasten', async (tx) => {
        const where = { availableAt: { gt: now }, ...isFree(now) }
        return (await tx.authOutbox.updateMany({ where, data: { availableAt: now } })).count
      }),
  }
}

function isFree(now: Date): Where<OutboxRow> {
  return { OR: [{ leasedUntil: null }, { leasedUntil: { lte: now } }] }
}

const ENTRY = {
  id: true,
  template: true,
  attempts: true,
  availableAt: true,
  failedAt: true,
  lastError: true,
  expiresAt: true,
  createdAt: true,
} as const

async function inspect(
  { authOutbox }: Queries,
  { limit: take }: Parameters<OutboxStore['inspect']>[0],
): ReturnType<OutboxStore['inspect']> {
  const waiting = { availableAt: { not: null } }
  const failed = { failedAt: { not: null } }
  return {
    waiting: await authOutbox.count({ where: waiting }),
    failed: await authOutbox.count({ where: failed }),
    mails: [
      ...(await authOutbox.findMany({
        where: waiting,
        orderBy: [{ availableAt: 'asc' }, { id: 'asc' }],
        select: ENTRY,
        take,
      })),
      ...(await authOutbox.findMany({
        where: failed,
        orderBy: [{ failedAt: 'desc' }, { id: 'desc' }],
        select: ENTRY,
        take,
      })),
    ],
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
  const isDue: Where<OutboxRow> = { availableAt: { lte: now }, ...isFree(now) }
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
