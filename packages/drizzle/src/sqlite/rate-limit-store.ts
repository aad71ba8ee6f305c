import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { and, gt, inArray, sql } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { write, type SqliteDatabase } from './database.ts'
import { authRateLimits as limits } from './tables.ts'

type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: SqliteDatabase): RateLimitStore {
  return {
    hit: async ({ hits, refunds, now }) =>
      write<Hits>(db, 'rateLimits.hit', (tx) => {
        const counted = hits.length === 0 ? [] : count(tx, hits, now)
        if (counted.length < hits.length) throw new Rollback(limitedBy(tx, hits, counted))
        if (refunds.length > 0) giveBack(tx, refunds, now)
        return { status: 'allowed' }
      }),
  }
}

/**
 * Counts every hit that its limit has room for, and gives their keys. The guard stands in the update's own WHERE: a
 * key that is used up is not written.
 */
function count(tx: SqliteDatabase, hits: readonly Hit[], now: Date): readonly string[] {
  const isOver = sql`${limits.resetsAt} <= ${now.getTime()}`
  const limitOf = sql.join(
    hits.map(({ key, limit }) => sql`when ${key} then ${limit}`),
    sql` `,
  )
  const rows = tx
    .insert(limits)
    .values(hits.map((hit) => ({ key: hit.key, hits: 1, resetsAt: endOf(hit, now) })))
    .onConflictDoUpdate({
      target: limits.key,
      set: {
        hits: sql`case when ${isOver} then 1 else ${limits.hits} + 1 end`,
        resetsAt: sql`case when ${isOver} then excluded.resets_at else ${limits.resetsAt} end`,
      },
      setWhere: sql`${isOver} or ${limits.hits} < case ${limits.key} ${limitOf} end`,
    })
    .returning({ key: limits.key })
    .all()
  return rows.map((row) => row.key)
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

/** Of the limits that had no room the one that resets last. */
function limitedBy(tx: SqliteDatabase, hits: readonly Hit[], counted: readonly string[]): Hits {
  const refused = hits.map((hit) => hit.key).filter((key) => !counted.includes(key))
  const rows = tx.select().from(limits).where(inArray(limits.key, refused)).all()
  const [last] = rows.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  if (last === undefined) throw new Error('A limit that refused is not there.')
  return { status: 'limited', key: last.key, resetsAt: last.resetsAt }
}

function giveBack(tx: SqliteDatabase, keys: readonly string[], now: Date): void {
  tx.update(limits)
    .set({ hits: sql`${limits.hits} - 1` })
    .where(and(inArray(limits.key, [...keys]), gt(limits.hits, 0), gt(limits.resetsAt, now)))
    .run()
}
