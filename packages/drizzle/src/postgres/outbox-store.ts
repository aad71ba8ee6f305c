import type { Effects, OutboxStore } from '@mindmesh/auth/ports'
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
  type Param,
  type Placeholder,
  type SQL,
} from 'drizzle-orm'
import { read, writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
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
    inspect: async (input) => inspect(db, input),
    hasten: async ({ now }) =>
      writeAtOnce('outbox.hasten', async () => {
        const isLater = and(gt(outbox.availableAt, now), isFree(now))
        const set = { availableAt: now }
        const { id } = outbox
        return (await db.update(outbox).set(set).where(isLater).returning({ id })).length
      }),
  }
}

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

function isHeld(id: string | Placeholder, leaseId: string | Placeholder) {
  return and(eq(outbox.id, id), eq(outbox.leaseId, leaseId))
}

function isFree(now: Date | Param) {
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
  db: PostgresDatabase,
  { limit }: Input<'inspect'>,
): ReturnType<OutboxStore['inspect']> {
  const isWaiting = isNotNull(outbox.availableAt)
  const isFailed = isNotNull(outbox.failedAt)
  const dueFirst = [asc(outbox.availableAt), asc(outbox.id)]
  const newestFirst = [desc(outbox.failedAt), desc(outbox.id)]
  const countOf = async (where: SQL) =>
    read('outbox.inspect', () => db.select({ rows: count() }).from(outbox).where(where))
  const firstOf = async (where: SQL, order: SQL[]) =>
    read('outbox.inspect', () =>
      db
        .select(ENTRY)
        .from(outbox)
        .where(where)
        .orderBy(...order)
        .limit(limit),
    )
  const [waiting] = await countOf(isWaiting)
  const [failed] = await countOf(isFailed)
  return {
    waiting: waiting?.rows ?? 0,
    failed: failed?.rows ?? 0,
    mails: [...(await firstOf(isWaiting, dueFirst)), ...(await firstOf(isFailed, newestFirst))],
  }
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
  const isDue = and(lte(outbox.availableAt, now), isFree(now))
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
