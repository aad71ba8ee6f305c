import type { Effects, OutboxStore } from '@mindmesh/auth/ports'
import { and, asc, eq, isNull, lte, or, sql, type Placeholder } from 'drizzle-orm'
import { writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
import { oneStatement } from './one-statement.ts'
import { authOutbox as outbox } from './tables.ts'

type Input<Method extends keyof OutboxStore> = Parameters<OutboxStore[Method]>[0]

/** Mail that was decided together with a change. */
export function outboxStore(access: Access): OutboxStore {
  const { db, prepareWrite } = access
  const sentAt = sql`${sql.param(sql.placeholder('at'), outbox.sentAt)}`
  const complete = prepareWrite(
    'outbox.complete',
    db
      .update(outbox)
      .set({ ...DONE, sentAt })
      .where(isHeld(sql.placeholder('id'), sql.placeholder('leaseId')))
      .returning({ id: outbox.id }),
  )
  return {
    claim: claimWith(access),
    complete: async (input) =>
      (await complete({ ...input })).length === 0 ? 'stale' : 'completed',
    fail: async (input, effects) => writeAtOnce('outbox.fail', () => fail(db, input, effects)),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

function isHeld(id: string | Placeholder, leaseId: string | Placeholder) {
  return and(eq(outbox.id, id), eq(outbox.leaseId, leaseId))
}

async function fail(
  db: PostgresDatabase,
  { id, leaseId, at, retryAt, error }: Input<'fail'>,
  effects: Effects,
): Promise<'failed' | 'stale'> {
  const set =
    retryAt === null
      ? { ...DONE, failedAt: at, lastError: error }
      : { leaseId: null, leasedUntil: null, availableAt: retryAt, lastError: error }
  const change = db.update(outbox).set(set).where(isHeld(id, leaseId)).returning({ id: outbox.id })
  return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'failed'
}

/**
 * One statement. Each worker looks past mails that another is about to take (SKIP LOCKED), so that many do not queue
 * up for the same ones. What decides is the guard in the update's own WHERE.
 */
function claimWith({ db, prepareWrite }: Access): OutboxStore['claim'] {
  const now = sql.param(sql.placeholder('now'), outbox.availableAt)
  const isDue = and(
    lte(outbox.availableAt, now),
    or(isNull(outbox.leasedUntil), lte(outbox.leasedUntil, now)),
  )
  const due = db.$with('due').as(
    db
      .select({ dueId: sql<string>`${outbox.id}`.as('due_id') })
      .from(outbox)
      .where(isDue)
      .orderBy(asc(outbox.availableAt), asc(outbox.id))
      .limit(sql.placeholder('limit'))
      .for('update', { skipLocked: true }),
  )
  const { id, template, sealedPayload, expiresAt, createdAt, attempts } = outbox
  const claim = prepareWrite(
    'outbox.claim',
    db
      .with(due)
      .update(outbox)
      .set({
        leaseId: sql`${sql.placeholder('leaseId')}`,
        leasedUntil: sql`${sql.param(sql.placeholder('leasedUntil'), outbox.leasedUntil)}`,
        attempts: sql`${outbox.attempts} + 1`,
      })
      .from(due)
      .where(and(eq(outbox.id, due.dueId), isDue))
      .returning({ id, template, sealedPayload, expiresAt, createdAt, attempts }),
  )
  return async ({ leaseSeconds, ...input }) => {
    const leasedUntil = new Date(input.now.getTime() + leaseSeconds * 1000)
    const claimed = await claim({ ...input, leasedUntil })
    return claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  }
}
