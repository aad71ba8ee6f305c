import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import type { SqliteDatabase } from './database.ts'
import { authCodes, authEvents, authOutbox } from './tables.ts'

/** Writes what belongs to a change, inside the change's own transaction. */
export function writeEffects(tx: SqliteDatabase, effects: Effects): void {
  for (const code of effects.codes ?? []) replaceCode(tx, code)
  if (effects.events !== undefined && effects.events.length > 0) {
    tx.insert(authEvents)
      .values([...effects.events])
      .run()
  }
  if (effects.mails !== undefined && effects.mails.length > 0) {
    const rows = effects.mails.map((mail) => ({
      ...mail,
      attempts: 0,
      availableAt: mail.createdAt,
    }))
    tx.insert(authOutbox).values(rows).run()
  }
}

/** Puts a code in the place of an earlier one; a live one hands down no more tries than it had left. */
export function replaceCode(tx: SqliteDatabase, code: CodeRecord): void {
  const inherited = sql`case
    when ${authCodes.expiresAt} > ${code.createdAt.getTime()}
      and ${authCodes.attemptsLeft} > 0
      and ${authCodes.attemptsLeft} < excluded.attempts_left
    then ${authCodes.attemptsLeft} else excluded.attempts_left end`
  tx.insert(authCodes)
    .values({ ...code })
    .onConflictDoUpdate({
      target: [authCodes.purpose, authCodes.subject],
      set: {
        id: code.id,
        userId: code.userId,
        secretHash: code.secretHash,
        attemptsLeft: inherited,
        payload: code.payload,
        expiresAt: code.expiresAt,
        createdAt: code.createdAt,
      },
    })
    .run()
}

/** Deletes the codes of a person, but for those of `keepPurposes`. */
export function voidCodes(
  tx: SqliteDatabase,
  userId: string,
  keepPurposes: readonly string[],
): void {
  const isVoid = and(eq(authCodes.userId, userId), notInArray(authCodes.purpose, [...keepPurposes]))
  tx.delete(authCodes).where(isVoid).run()
}
