import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import { sql, type Subquery, type WithSubquery } from 'drizzle-orm'
import type { PostgresDatabase } from './database.ts'
import { rowsWhere } from './rows-where.ts'
import { authCodes, authEvents, authOutbox } from './tables.ts'

/**
 * What belongs to a change, as parts of one statement. They write only if `guard`, another part of it, gave a row;
 * without a guard in any case. `name` sets the effects of two outcomes apart.
 */
export function effectParts(
  db: PostgresDatabase,
  effects: Effects,
  guard: Subquery | null,
  name = 'effect',
): readonly WithSubquery[] {
  const { codes = [], events = [], mails = [] } = effects
  const parts: WithSubquery[] = []
  if (codes.length > 0) {
    parts.push(db.$with(`${name}_codes`).as(replaceCodes(db, codes, guard)))
  }
  if (events.length > 0) {
    const rows = rowsWhere(guard, authEvents, events)
    parts.push(db.$with(`${name}_events`).as(db.insert(authEvents).select(rows)))
  }
  if (mails.length > 0) {
    const due = mails.map((mail) => ({ ...mail, attempts: 0, availableAt: mail.createdAt }))
    const rows = rowsWhere(guard, authOutbox, due)
    parts.push(db.$with(`${name}_mails`).as(db.insert(authOutbox).select(rows)))
  }
  return parts
}

/** Writes effects in one statement: inside the transaction of their change, or where there is no change. */
export async function writeEffects(db: PostgresDatabase, effects: Effects): Promise<void> {
  const parts = effectParts(db, effects, null)
  if (parts.length === 0) return
  await db
    .with(...parts)
    .select({ written: sql`1` })
    .from(sql`(select 1) as step`)
    .$withCache(false)
}

/**
 * Puts codes in the place of earlier ones; a live one hands down no more tries than it had left. Sorted, so that two
 * steps which replace the same codes take their locks in the same order.
 */
function replaceCodes(db: PostgresDatabase, codes: readonly CodeRecord[], guard: Subquery | null) {
  const sorted = codes.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  const inherited = sql`case
    when ${authCodes.expiresAt} > excluded.created_at and ${authCodes.attemptsLeft} > 0
    then least(${authCodes.attemptsLeft}, excluded.attempts_left)
    else excluded.attempts_left end`
  return db
    .insert(authCodes)
    .select(rowsWhere(guard, authCodes, sorted))
    .onConflictDoUpdate({
      target: [authCodes.purpose, authCodes.subject],
      set: {
        id: sql`excluded.id`,
        userId: sql`excluded.user_id`,
        secretHash: sql`excluded.secret_hash`,
        attemptsLeft: inherited,
        payload: sql`excluded.payload`,
        expiresAt: sql`excluded.expires_at`,
        createdAt: sql`excluded.created_at`,
      },
    })
}

function placeOf({ purpose, subject }: CodeRecord): string {
  return `${purpose} ${subject}`
}
