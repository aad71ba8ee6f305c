import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import { sql, type Subquery, type WithSubquery } from 'drizzle-orm'
import type { PostgresDatabase } from './database.ts'
import { givenRows, selectGiven, type Given } from './given-rows.ts'
import { authCodes, authEvents, authOutbox } from './tables.ts'

/** The rows of each table that belong to a change, or where a prepared statement is given them. */
export interface GivenEffects {
  readonly codes: Given
  readonly events: Given
  readonly mails: Given
}

/** Codes are sorted, so that two steps which replace the same ones take their locks in the same order. */
export function givenEffects({ codes = [], events = [], mails = [] }: Effects) {
  const due = mails.map((mail) => ({ ...mail, attempts: 0, availableAt: mail.createdAt }))
  const sorted = codes.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  return {
    codes: givenRows(authCodes, sorted),
    events: givenRows(authEvents, events),
    mails: givenRows(authOutbox, due),
  }
}

/** Where a prepared statement is given effects: {@link effectValues} by the same name fills them in. */
export function effectSlots(name: string): GivenEffects {
  return {
    codes: sql.placeholder(`${name}_codes`),
    events: sql.placeholder(`${name}_events`),
    mails: sql.placeholder(`${name}_mails`),
  }
}

/** The values of {@link effectSlots}. */
export function effectValues(name: string, effects: Effects): Record<string, string> {
  const { codes, events, mails } = givenEffects(effects)
  return { [`${name}_codes`]: codes, [`${name}_events`]: events, [`${name}_mails`]: mails }
}

/**
 * What belongs to a change, as parts of one statement. They write only if `guard`, another part of it, gave a row;
 * without a guard in any case. `name` sets the effects of two outcomes apart.
 */
export function effectParts(
  db: PostgresDatabase,
  { codes, events, mails }: GivenEffects,
  guard: Subquery | null,
  name = 'effect',
): readonly WithSubquery[] {
  const insertEvents = db.insert(authEvents).select(selectGiven(guard, authEvents, events))
  const insertMails = db.insert(authOutbox).select(selectGiven(guard, authOutbox, mails))
  return [
    db.$with(`${name}_codes`).as(replaceCodes(db, codes, guard)),
    db.$with(`${name}_events`).as(insertEvents),
    db.$with(`${name}_mails`).as(insertMails),
  ]
}

/** One statement that writes effects where there is no change, or inside the transaction of their change. */
export function effectsStatement(db: PostgresDatabase, given: GivenEffects) {
  return db
    .with(...effectParts(db, given, null))
    .select({ written: sql`1` })
    .from(sql`(select 1) as step`)
}

/** Writes effects inside the transaction of their change. */
export async function writeEffects(tx: PostgresDatabase, effects: Effects): Promise<void> {
  await effectsStatement(tx, givenEffects(effects)).$withCache(false)
}

/** Puts codes in the place of earlier ones; a live one hands down no more tries than it had left. */
function replaceCodes(db: PostgresDatabase, codes: Given, guard: Subquery | null) {
  const inherited = sql`case
    when ${authCodes.expiresAt} > excluded.created_at and ${authCodes.attemptsLeft} > 0
    then least(${authCodes.attemptsLeft}, excluded.attempts_left)
    else excluded.attempts_left end`
  return db
    .insert(authCodes)
    .select(selectGiven(guard, authCodes, codes))
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
