import type { ClaimedMail, OutboxStore } from '@mindmesh/auth/ports'
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  or,
  sql,
  type Param,
  type Placeholder,
} from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { read, write, type SqliteDatabase } from './database.ts'
import type { Access } from './effects.ts'
import { authOutbox as outbox } from './tables.ts'

/** Mail that was decided together with a change. */
export function outboxStore({ db, writer }: Access): OutboxStore {
  const claim = claimWith(db)
  const sentAt = sql`${sql.param(sql.placeholder('at'), outbox.sentAt)}`
  const isOurs = isHeld(sql.placeholder('id'), sql.placeholder('leaseId'))
  const complete = once(() =>
    db
      .update(outbox)
      .set({ ...DONE, sentAt })
      .where(isOurs)
      .prepare(),
  )
  return {
    claim: async (input) => write(db, 'outbox.claim', () => claim(input)),
    complete: async (input) =>
      write(db, 'outbox.complete', () =>
        complete().run({ ...input }).changes === 0 ? 'stale' : 'completed',
      ),
    fail: async ({ id, leaseId, at, retryAt, error }, effects) =>
      write(db, 'outbox.fail', (tx) => {
        const set =
          retryAt === null
            ? { ...DONE, failedAt: at, lastError: error }
            : { leaseId: null, leasedUntil: null, availableAt: retryAt, lastError: error }
        const { changes } = tx.update(outbox).set(set).where(isHeld(id, leaseId)).run()
        if (changes === 0) return 'stale'
        writer.write(effects)
        return 'failed'
      }),
    inspect: async (input) => read('outbox.inspect', () => inspect(db, input)),
    hasten: async ({ now }) =>
      write(db, 'outbox.hasten', (tx) => {
        const isLater = and(gt(outbox.availableAt, now), isFree(now))
        return tx.update(outbox).set({ availableAt: now }).where(isLater).run().changes
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

function inspect(
  db: SqliteDatabase,
  { limit }: Parameters<OutboxStore['inspect']>[0],
): Awaited<ReturnType<OutboxStore['inspect']>> {
  const isWaiting = isNotNull(outbox.availableAt)
  const isFailed = isNotNull(outbox.failedAt)
  const waiting = db.select({ rows: count() }).from(outbox).where(isWaiting).get()
  const failed = db.select({ rows: count() }).from(outbox).where(isFailed).get()
  const dueFirst = [asc(outbox.availableAt), asc(outbox.id)]
  const newestFirst = [desc(outbox.failedAt), desc(outbox.id)]
  const entries = () => db.select(ENTRY).from(outbox)
  return {
    waiting: waiting?.rows ?? 0,
    failed: failed?.rows ?? 0,
    mails: [
      ...entries()
        .where(isWaiting)
        .orderBy(...dueFirst)
        .limit(limit)
        .all(),
      ...entries()
        .where(isFailed)
        .orderBy(...newestFirst)
        .limit(limit)
        .all(),
    ],
  }
}

function claimWith(
  db: SqliteDatabase,
): (input: Parameters<OutboxStore['claim']>[0]) => readonly ClaimedMail[] {
  const now = sql.param(sql.placeholder('now'), outbox.availableAt)
  const isDue = and(lte(outbox.availableAt, now), isFree(now))
  const due = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(isDue)
    .orderBy(asc(outbox.availableAt), asc(outbox.id))
    .limit(sql.placeholder('limit'))
  const { id, template, sealedPayload, expiresAt, createdAt, attempts } = outbox
  const leaseId = sql`${sql.placeholder('leaseId')}`
  const leasedUntil = sql`${sql.param(sql.placeholder('leasedUntil'), outbox.leasedUntil)}`
  const lease = once(() =>
    db
      .update(outbox)
      .set({ leaseId, leasedUntil, attempts: sql`${outbox.attempts} + 1` })
      .where(and(inArray(outbox.id, due), isDue))
      .returning({ id, template, sealedPayload, expiresAt, createdAt, attempts })
      .prepare(),
  )
  return ({ leaseSeconds, ...input }) => {
    const until = new Date(input.now.getTime() + leaseSeconds * 1000)
    const claimed = lease().all({ ...input, leasedUntil: until })
    return claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  }
}
