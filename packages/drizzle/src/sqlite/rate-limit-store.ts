import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { Rollback, write, type SqliteDatabase } from './database.ts'
import { authRateLimits as limits } from './tables.ts'

type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: SqliteDatabase): RateLimitStore {
  return {
    hit: async ({ hits, refunds, now }) =>
      write<Hits>(db, 'rateLimits.hit', (tx) => {
        for (const hit of hits) count(tx, hit, now)
        if (refunds.length > 0) giveBack(tx, refunds, now)
        return { status: 'allowed' }
      }),
  }
}

/** The guard stands in the update's own WHERE: a key that is used up is not written, and everything is undone. */
function count(tx: SqliteDatabase, { key, limit, windowSeconds }: Hit, now: Date): void {
  const resetsAt = new Date(now.getTime() + windowSeconds * 1000)
  const isOver = sql`${limits.resetsAt} <= ${now.getTime()}`
  const { changes } = tx
    .insert(limits)
    .values({ key, hits: 1, resetsAt })
    .onConflictDoUpdate({
      target: limits.key,
      set: {
        hits: sql`case when ${isOver} then 1 else ${limits.hits} + 1 end`,
        resetsAt: sql`case when ${isOver} then ${resetsAt.getTime()} else ${limits.resetsAt} end`,
      },
      setWhere: sql`${isOver} or ${limits.hits} < ${limit}`,
    })
    .run()
  if (changes === 1) return
  const row = tx.select().from(limits).where(eq(limits.key, key)).get()
  throw new Rollback<Hits>({ status: 'limited', key, resetsAt: row?.resetsAt ?? resetsAt })
}

function giveBack(tx: SqliteDatabase, keys: readonly string[], now: Date): void {
  tx.update(limits)
    .set({ hits: sql`${limits.hits} - 1` })
    .where(and(inArray(limits.key, [...keys]), gt(limits.hits, 0), gt(limits.resetsAt, now)))
    .run()
}
