import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import {
  and,
  asc,
  count,
  eq,
  gt,
  inArray,
  sql,
  type Placeholder,
  type SQL,
  type SQLWrapper,
} from 'drizzle-orm'
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
    ends: sql.placeholder('ends'),
    refunds: sql.placeholder('refunds'),
    now: sql.placeholder('now'),
  }
  const countEach = prepareWrite('rateLimits.hit', statementOf(db, slots))
  const countAll = prepareWrite('rateLimits.hit', statementOnRows(db, slots))
  return {
    hit: async (input) => {
      if (input.hits.length > 1) {
        if ((await countAll(valuesOf(input))).length === input.hits.length) return ALLOWED
        // A row that is not there yet, or no room. Those that are counted before that shows are undone: a transaction.
        return write(db, 'rateLimits.hit', async (tx) => hitAll(tx, input), { isolation: 'any' })
      }
      const refused = refusedOf(input, await countEach(valuesOf(input)))
      if (refused.length === 0) return ALLOWED
      return writeAtOnce('rateLimits.hit', async () => limitedBy(db, refused, input.now))
    },
  }
}

const ALLOWED = { status: 'allowed' } as const

/** Exact at any isolation level: all that it decides by is in its first statement. */
async function hitAll(tx: PostgresDatabase, input: Input): Promise<Hits> {
  const refused = refusedOf(input, await statementOf(tx, valuesOf(input)).$withCache(false))
  if (refused.length > 0) throw new Rollback(await limitedBy(tx, refused, input.now))
  return ALLOWED
}

/** What a statement is given. As JSON, so that one serves any number of hits and refunds. */
interface GivenHits {
  readonly hits: Given
  /** The limit of each key. */
  readonly room: Given
  /** When a window of each key that begins now is over. */
  readonly ends: Given
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
    ends: JSON.stringify(Object.fromEntries(rows.map(({ key, resetsAt }) => [key, resetsAt]))),
    refunds: JSON.stringify(refunds),
    now,
  }
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

/** One row of the table, or of a part of the statement that gives such rows. */
interface Counter {
  readonly key: SQLWrapper
  readonly hits: SQLWrapper
  readonly resetsAt: SQLWrapper
}

/** At its end, or when all of its hits were given back. */
function isOver({ hits, resetsAt }: Counter, given: GivenHits): SQL {
  return sql`(${resetsAt} <= ${sql.param(given.now, limits.resetsAt)} or ${hits} = 0)`
}

/** The guard of every write: a key that is used up is not written. */
function hasRoom(row: Counter, given: GivenHits): SQL {
  return sql`(${isOver(row, given)} or ${row.hits} < (${given.room}::text::json ->> ${row.key})::integer)`
}

/** A counter with one hit more, or the first hit of a new window. */
function oneMore(given: GivenHits, end: SQL): { readonly hits: SQL; readonly resetsAt: SQL } {
  return {
    hits: sql`case when ${isOver(limits, given)} then 1 else ${limits.hits} + 1 end`,
    resetsAt: sql`case when ${isOver(limits, given)} then ${end} else ${limits.resetsAt} end`,
  }
}

/** Counts every hit that its limit has room for, and gives their keys; where all had room, it gives the refunds back. */
function statementOf(db: PostgresDatabase, given: GivenHits) {
  const counted = db.$with('counted').as(
    db
      .insert(limits)
      .select(selectGiven(null, limits, given.hits))
      .onConflictDoUpdate({
        target: limits.key,
        set: oneMore(given, sql`excluded.resets_at`),
        setWhere: hasRoom(limits, given),
      })
      .returning({ key: limits.key }),
  )
  const refunded = db.$with('refunded').as(refundOf(db, given, sql`${counted}`))
  return db.with(counted, refunded).select({ key: counted.key }).from(counted)
}

/**
 * As {@link statementOf}, for several limits whose rows are there and have room: counts all of them, or none and gives
 * fewer keys. The rows are locked in the order of their keys and looked at as they are by then: what the update itself
 * would see of a row may be older, so it is not asked whether that has room.
 */
function statementOnRows(db: PostgresDatabase, given: GivenHits) {
  const keys = sql`(select json_object_keys(${given.room}::text::json))`
  const locked = db
    .$with('locked')
    .as(
      db
        .select()
        .from(limits)
        .where(inArray(limits.key, keys))
        .orderBy(asc(limits.key))
        .for('update'),
    )
  const fitting = db.$with('fitting').as(
    db
      .select({ rows: count().as('rows') })
      .from(locked)
      .where(hasRoom(locked, given)),
  )
  const allFit = sql`(select ${fitting.rows} from ${fitting}) = json_array_length(${given.hits}::text::json)`
  const end = sql`(${given.ends}::text::json ->> ${limits.key})::timestamptz`
  const counted = db.$with('counted').as(
    db
      .update(limits)
      .set(oneMore(given, end))
      .from(locked)
      .where(and(eq(limits.key, locked.key), allFit))
      .returning({ key: limits.key }),
  )
  const refunded = db.$with('refunded').as(refundOf(db, given, sql`${counted}`))
  return db.with(locked, fitting, counted, refunded).select({ key: counted.key }).from(counted)
}

/** Gives one hit back to each key, where as many were counted as there are hits. */
function refundOf(db: PostgresDatabase, given: GivenHits, counted: SQL) {
  const now = sql.param(given.now, limits.resetsAt)
  const refunds = sql`(select json_array_elements_text(${given.refunds}::text::json))`
  const inOrder = db
    .select({ key: limits.key })
    .from(limits)
    .where(inArray(limits.key, refunds))
    .orderBy(asc(limits.key))
    .for('update')
    .as('in_order')
  const hadRoom = sql`(select count(*) from ${counted}) = json_array_length(${given.hits}::text::json)`
  return db
    .update(limits)
    .set({ hits: sql`${limits.hits} - 1` })
    .from(inOrder)
    .where(and(eq(limits.key, inOrder.key), gt(limits.hits, 0), gt(limits.resetsAt, now), hadRoom))
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
