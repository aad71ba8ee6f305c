import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  isNotNull,
  isNull,
  lte,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import {
  affectedRows,
  guarded,
  read,
  readOne,
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
    inspect: async (input) => inspect(db, input),
    hasten: async ({ now }) =>
      write(db, 'outbox.hasten', async (tx) => {
        const isLater = and(gt(outbox.availableAt, now), isFree(now))
        return affectedRows(tx.update(outbox).set({ availableAt: now }).where(isLater))
      }),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

function isHeld(id: string, leaseId: string) {
  return guarded(eq(outbox.id, id), eq(outbox.leaseId, leaseId))
}

function isFree(now: Date) {
  return or(isNull(outbox.leasedUntil), lte(outbox.leasedUntil, now))
}

const ENTRY = {
  id: outbox.id,
  template: outbox.template,
  attempts: outbox.attempts,
  availableAt: outbox.availableAt,
  failedAt: outbox.failedAt,
  lastError: outbox.lastError,
  expiresAt: outbox.expiresAt,
  createdAt: outbox.createdAt,
}

async function inspect(
  db: MysqlDatabase,
  { limit }: Parameters<OutboxStore['inspect']>[0],
): ReturnType<OutboxStore['inspect']> {
  const isWaiting = isNotNull(outbox.availableAt)
  const isFailed = isNotNull(outbox.failedAt)
  const dueFirst = [asc(outbox.availableAt), asc(outbox.id)]
  const newestFirst = [desc(outbox.failedAt), desc(outbox.id)]
  const countOf = async (where: SQL) =>
    readOne(db, 'outbox.inspect', async () =>
      db.orm.select({ rows: count() }).from(outbox).where(where),
    )
  const firstOf = async (where: SQL, order: SQL[]) =>
    read(db, 'outbox.inspect', async () =>
      db.orm
        .select(ENTRY)
        .from(outbox)
        .where(where)
        .orderBy(...order)
        .limit(limit),
    )
  return {
    waiting: (await countOf(isWaiting))?.rows ?? 0,
    failed: (await countOf(isFailed))?.rows ?? 0,
    mails: [...(await firstOf(isWaiting, dueFirst)), ...(await firstOf(isFailed, newestFirst))],
  }
}

/** One UPDATE chooses and takes: a worker that comes second waits, sees these leases, and takes the mails after them. */
async function claim(
  tx: MysqlTransaction,
  { leaseId, leaseSeconds, limit, now }: Parameters<OutboxStore['claim']>[0],
): Promise<readonly ClaimedMail[]> {
  const isDue = and(lte(outbox.availableAt, now), isFree(now))
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
