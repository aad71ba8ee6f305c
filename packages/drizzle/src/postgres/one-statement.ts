import type { Effects } from '@mindmesh/auth/ports'
import { count, type ColumnsSelection, type WithSubquery } from 'drizzle-orm'
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder'
import type { Access, PostgresDatabase } from './database.ts'
import {
  effectParts,
  effectSlots,
  effectValues,
  givenEffects,
  type GivenEffects,
} from './effects.ts'

/** What one statement is to do. */
interface GuardedChange {
  /** The change, with its guard in its own WHERE and RETURNING anything. */
  readonly change: TypedQueryBuilder<ColumnsSelection>
  /** More parts that look at what was changed. */
  readonly also?: (changed: WithSubquery) => readonly WithSubquery[]
}

/**
 * A guarded change and, only where it changed a row, what belongs to it, all in one statement: atomic without a
 * transaction, in one round trip. It gives the number of changed rows.
 *
 *     with "changed" as (update … where … returning …),
 *          "effect_events" as (insert … select … where exists (select from "changed"))
 *     select count(*) from "changed"
 *
 * Where the change waits for a row's lock, PostgreSQL checks its WHERE again on what was committed; the other parts
 * see only what the change gave. All of them share the snapshot of the statement's start, so nothing in it may look
 * for rows that a racing step writes: that needs a second statement.
 */
function statementOf(db: PostgresDatabase, { change, also }: GuardedChange, effects: GivenEffects) {
  const changed = db.$with('changed').as(change)
  return db
    .with(changed, ...(also?.(changed) ?? []), ...effectParts(db, effects, changed))
    .select({ rows: count() })
    .from(changed)
}

/** Makes a change in one statement that is built for this call. Gives the number of changed rows. */
export async function oneStatement(
  db: PostgresDatabase,
  { effects, ...change }: GuardedChange & { readonly effects: Effects },
): Promise<number> {
  const [row] = await statementOf(db, change, givenEffects(effects)).$withCache(false)
  return row?.rows ?? 0
}

/** The same for a change with placeholders: built once, and made with each call of what this gives. */
export function preparedChange(
  { db, prepareWrite }: Access,
  operation: string,
  change: GuardedChange,
): (values: Record<string, unknown>, effects: Effects) => Promise<number> {
  const run = prepareWrite(operation, statementOf(db, change, effectSlots('effect')))
  return async (values, effects) => {
    const [row] = await run({ ...values, ...effectValues('effect', effects) })
    return row?.rows ?? 0
  }
}
