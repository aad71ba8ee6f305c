import type { Effects } from '@mindmesh/auth/ports'
import { count, type ColumnsSelection, type WithSubquery } from 'drizzle-orm'
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder'
import type { PostgresDatabase } from './database.ts'
import { effectParts } from './effects.ts'

/** What one statement is to do. */
export interface GuardedChange {
  /** The change, with its guard in its own WHERE and RETURNING anything. */
  readonly change: TypedQueryBuilder<ColumnsSelection>
  readonly effects: Effects
  /** More parts that look at what was changed. */
  readonly also?: (changed: WithSubquery) => readonly WithSubquery[]
}

/**
 * Makes a guarded change and, only where it changed a row, writes what belongs to it, all in one statement: atomic
 * without a transaction, in one round trip. Gives the number of changed rows.
 *
 *     with "changed" as (update … where … returning …),
 *          "effect_events" as (insert … select … where exists (select from "changed"))
 *     select count(*) from "changed"
 *
 * Where the change waits for a row's lock, PostgreSQL checks its WHERE again on what was committed; the other parts
 * see only what the change gave. All of them share the snapshot of the statement's start, so nothing in it may look
 * for rows that a racing step writes: that needs a second statement.
 */
export async function oneStatement(
  db: PostgresDatabase,
  { change, effects, also }: GuardedChange,
): Promise<number> {
  const changed = db.$with('changed').as(change)
  const others = also?.(changed) ?? []
  const [row] = await db
    .with(changed, ...others, ...effectParts(db, effects, changed))
    .select({ rows: count() })
    .from(changed)
    .$withCache(false)
  return row?.rows ?? 0
}
