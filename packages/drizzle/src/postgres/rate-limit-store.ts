import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt, inArray, sql, type SQL, type WithSubquery } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { writeAtOnce, type PostgresDatabase } from './database.ts'
import { authRateLimits as limits } from './tables.ts'

type Input = Parameters<RateLimitStore['hit']>[0]
type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: PostgresDatabase): RateLimitStore {
  return {
    hit: async (input) =>
      writeAtOnce('rateLimits.hit', async () => {
        if (input.hits.length <= 1) return hit(db, input)
        // Where one of several limits has no room, those that were counted are undone: that takes a transaction.
        return db.transaction(async (tx) => hit(tx, input))
      }),
  }
}

/** One statement counts and gives back. Rows are locked in the order of their keys, so that hits do not deadlock. */
async function hit(db: PostgresDatabase, { hits, refunds, now }: Input): Promise<Hits> {
  if (hits.length > 0) {
    const counted = db.$with('counted').as(count(db, hits, now))
    const isAllowed = sql`(select count(*) from ${counted}) = ${hits.length}::integer`
    const parts: readonly WithSubquery[] =
      refunds.length === 0
        ? [counted]
        : [counted, db.$with('refunded').as(giveBack(db, { refunds, now, isAllowed }))]
    const keys = await db
      .with(...parts)
      .select({ key: counted.key })
      .from(counted)
      .$withCache(false)
    const refused = hits.filter((each) => !keys.some(({ key }) => key === each.key))
    if (refused.length > 0) throw new Rollback(await limitedBy(db, refused, now))
  } else if (refunds.length > 0) {
    await giveBack(db, { refunds, now, isAllowed: undefined })
  }
  return { status: 'allowed' }
}

/**
 * Counts every hit that its limit has room for, and gives their keys. The guard stands in the update's own WHERE: a
 * key that is used up is not written.
 */
function count(db: PostgresDatabase, hits: readonly Hit[], now: Date) {
  const sorted = hits.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const isOver = sql`${limits.resetsAt} <= ${sql.param(now, limits.resetsAt)}`
  const limitOf = sql.join(
    sorted.map(({ key, limit }) => sql`when ${key} then ${limit}::integer`),
    sql` `,
  )
  return db
    .insert(limits)
    .values(sorted.map((each) => ({ key: each.key, hits: 1, resetsAt: endOf(each, now) })))
    .onConflictDoUpdate({
      target: limits.key,
      set: {
        hits: sql`case when ${isOver} then 1 else ${limits.hits} + 1 end`,
        resetsAt: sql`case when ${isOver} then excluded.resets_at else ${limits.resetsAt} end`,
      },
      setWhere: sql`${isOver} or ${limits.hits} < case ${limits.key} ${limitOf} end`,
    })
    .returning({ key: limits.key })
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

function giveBack(
  db: PostgresDatabase,
  {
    refunds,
    now,
    isAllowed,
  }: Pick<Input, 'refunds' | 'now'> & { readonly isAllowed: SQL | undefined },
) {
  const inOrder = db
    .select({ key: limits.key })
    .from(limits)
    .where(inArray(limits.key, [...refunds]))
    .orderBy(asc(limits.key))
    .for('update')
    .as('in_order')
  return db
    .update(limits)
    .set({ hits: sql`${limits.hits} - 1` })
    .from(inOrder)
    .where(
      and(eq(limits.key, inOrder.key), gt(limits.hits, 0), gt(limits.resetsAt, now), isAllowed),
    )
}

/** Of the limits that had no room the one that resets last. One that is gone by now has reset. */
async function limitedBy(db: PostgresDatabase, refused: readonly Hit[], now: Date): Promise<Hits> {
  const keys = refused.map((each) => each.key)
  const rows = await db.select().from(limits).where(inArray(limits.key, keys)).$withCache(false)
  const [last] = rows.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  return { status: 'limited', key: last?.key ?? keys[0] ?? '', resetsAt: last?.resetsAt ?? now }
}
