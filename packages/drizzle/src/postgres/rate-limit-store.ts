import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt, inArray, sql, type Placeholder } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { write, writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
import { givenRows, selectGiven, type Given } from './given-rows.ts'
import { authRateLimits as limits } from './tables.ts'

type Input = Parameters<RateLimitStore['hit']>[0]
type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore({ db, prepareWrite }: Access): RateLimitStore {
  const slots = {
    hits: sql.placeholder('hits'),
    room: sql.placeholder('room'),
    refunds: sql.placeholder('refunds'),
    now: sql.placeholder('now'),
  }
  const count = prepareWrite('rateLimits.hit', statementOf(db, slots))
  return {
    hit: async (input) => {
      // Where one of several limits has no room, those that were counted are undone: that takes a transaction.
      if (input.hits.length > 1) {
        return write(db, 'rateLimits.hit', async (tx) => hitAll(tx, input), { isolation: 'any' })
      }
      const refused = refusedOf(input, await count(valuesOf(input)))
      if (refused.length === 0) return { status: 'allowed' }
      return writeAtOnce('rateLimits.hit', async () => limitedBy(db, refused, input.now))
    },
  }
}

/** Exact at any isolation level: all that it decides by is in its first statement. */
async function hitAll(tx: PostgresDatabase, input: Input): Promise<Hits> {
  const refused = refusedOf(input, await statementOf(tx, valuesOf(input)).$withCache(false))
  if (refused.length > 0) throw new Rollback(await limitedBy(tx, refused, input.now))
  return { status: 'allowed' }
}

/** What {@link statementOf} is given. As JSON, so that one statement serves any number of hits and refunds. */
interface GivenHits {
  readonly hits: Given
  /** The limit of each key. */
  readonly room: Given
  /** A list of keys. */
  readonly refunds: Given
  readonly now: Date | Placeholder
}

/** Sorted: rows are locked in the order of their keys, so that hits do not deadlock. */
function valuesOf({ hits, refunds, now }: Input) {
  const sorted = hits.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const rows = sorted.map((hit) => ({ key: hit.key, hits: 1, resetsAt: endOf(hit, now) }))
  return {
    hits: givenRows(limits, rows),
    room: JSON.stringify(Object.fromEntries(sorted.map(({ key, limit }) => [key, limit]))),
    refunds: JSON.stringify(refunds),
    now,
  }
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

/**
 * Counts every hit that its limit has room for, and gives their keys; where all had room, it gives the refunds back.
 * The guard stands in the update's own WHERE: a key that is used up is not written.
 */
function statementOf(db: PostgresDatabase, given: GivenHits) {
  const now = sql.param(given.now, limits.resetsAt)
  // At its end, or when all of its hits were given back.
  const isOver = sql`(${limits.resetsAt} <= ${now} or ${limits.hits} = 0)`
  const counted = db.$with('counted').as(
    db
      .insert(limits)
      .select(selectGiven(null, limits, given.hits))
      .onConflictDoUpdate({
        target: limits.key,
        set: {
          hits: sql`case when ${isOver} then 1 else ${limits.hits} + 1 end`,
          resetsAt: sql`case when ${isOver} then excluded.resets_at else ${limits.resetsAt} end`,
        },
        setWhere: sql`${isOver} or ${limits.hits} < (${given.room}::text::json ->> ${limits.key})::integer`,
      })
      .returning({ key: limits.key }),
  )
  const refunds = sql`(select json_array_elements_text(${given.refunds}::text::json))`
  const inOrder = db
    .select({ key: limits.key })
    .from(limits)
    .where(inArray(limits.key, refunds))
    .orderBy(asc(limits.key))
    .for('update')
    .as('in_order')
  const hadRoom = sql`(select count(*) from ${counted}) = json_array_length(${given.hits}::text::json)`
  const refunded = db.$with('refunded').as(
    db
      .update(limits)
      .set({ hits: sql`${limits.hits} - 1` })
      .from(inOrder)
      .where(
        and(eq(limits.key, inOrder.key), gt(limits.hits, 0), gt(limits.resetsAt, now), hadRoom),
      ),
  )
  return db.with(counted, refunded).select({ key: counted.key }).from(counted)
}

function refusedOf({ hits }: Input, counted: readonly { readonly key: string }[]): readonly Hit[] {
  return hits.filter((hit) => !counted.some(({ key }) => key === hit.key))
}

/** Of the limits that had no room the one that resets last. One that is gone by now has reset. */
async function limitedBy(db: PostgresDatabase, refused: readonly Hit[], now: Date): Promise<Hits> {
  const keys = refused.map((each) => each.key)
  const rows = await db.select().from(limits).where(inArray(limits.key, keys)).$withCache(false)
  const [last] = rows.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  return { status: 'limited', key: last?.key ?? keys[0] ?? '', resetsAt: last?.resetsAt ?? now }
}
