import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { Rollback } from '../shared/attempt.ts'
import { write, type SqliteDatabase } from './database.ts'
import { authRateLimits as limits } from './tables.ts'

type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: SqliteDatabase): RateLimitStore {
  const count = countWith(db)
  const giveBack = giveBackWith(db)
  return {
    hit: async ({ hits, refunds, now }) =>
      write<Hits>(db, 'rateLimits.hit', (tx) => {
        const refused = hits.filter((hit) => !count(hit, now))
        if (refused.length > 0) throw new Rollback(limitedBy(tx, refused))
        for (const key of refunds) giveBack(key, now)
        return { status: 'allowed' }
      }),
  }
}

/**
 * Counts a hit if its limit has room for it. The guard stands in the update's own WHERE: a key that is used up is not
 * written.
 */
function countWith(db: SqliteDatabase): (hit: Hit, now: Date) => boolean {
  const moment = sql.param(sql.placeholder('now'), limits.resetsAt)
  // At its end, or when all of its hits were given back.
  const isOver = sql`(${limits.resetsAt} <= ${moment} or ${limits.hits} = 0)`
  const statement = once(() =>
    db
      .insert(limits)
      .values({
        key: sql.placeholder('key'),
        hits: 1,
        resetsAt: sql.placeholder('resetsAt'),
      })
      .onConflictDoUpdate({
        target: limits.key,
        set: {
          hits: sql`case when ${isOver} then 1 else ${limits.hits} + 1 end`,
          resetsAt: sql`case when ${isOver} then excluded.resets_at else ${limits.resetsAt} end`,
        },
        setWhere: sql`${isOver} or ${limits.hits} < ${sql.placeholder('limit')}`,
      })
      .prepare(),
  )
  return ({ key, limit, windowSeconds }, now) => {
    const resetsAt = new Date(now.getTime() + windowSeconds * 1000)
    return statement().run({ key, limit, now, resetsAt }).changes === 1
  }
}

/** Of the limits that had no room the one that resets last. */
function limitedBy(tx: SqliteDatabase, refused: readonly Hit[]): Hits {
  const keys = refused.map((hit) => hit.key)
  const rows = tx.select().from(limits).where(inArray(limits.key, keys)).all()
  const [last] = rows.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  if (last === undefined) throw new Error('A limit that refused is not there.')
  return { status: 'limited', key: last.key, resetsAt: last.resetsAt }
}

function giveBackWith(db: SqliteDatabase): (key: string, now: Date) => void {
  const isRunning = and(
    eq(limits.key, sql.placeholder('key')),
    gt(limits.hits, 0),
    gt(limits.resetsAt, sql.param(sql.placeholder('now'), limits.resetsAt)),
  )
  const statement = once(() =>
    db
      .update(limits)
      .set({ hits: sql`${limits.hits} - 1` })
      .where(isRunning)
      .prepare(),
  )
  return (key, now) => {
    statement().run({ key, now })
  }
}
