import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { guarded, type MysqlTransaction } from './database.ts'
import { authCodes, authEvents, authOutbox } from './tables.ts'

/** Writes what belongs to a change, inside the change's own transaction. */
export async function writeEffects(tx: MysqlTransaction, effects: Effects): Promise<void> {
  for (const code of effects.codes ?? []) await replaceCode(tx, code)
  if (effects.events !== undefined && effects.events.length > 0) {
    await tx.insert(authEvents).values([...effects.events])
  }
  if (effects.mails !== undefined && effects.mails.length > 0) {
    const rows = effects.mails.map((mail) => ({
      ...mail,
      attempts: 0,
      availableAt: mail.createdAt,
    }))
    await tx.insert(authOutbox).values(rows)
  }
}

/**
 * Puts a code in the place of an earlier one; a live one hands down no more tries than it had left. MySQL assigns from
 * left to right, in the order of the table's columns: `attempts_left` still sees the earlier `expires_at`.
 */
export async function replaceCode(tx: MysqlTransaction, code: CodeRecord): Promise<void> {
  const { id, purpose, subject, userId, secretHash, attemptsLeft, payload, expiresAt, createdAt } =
    code
  // ON DUPLICATE KEY means any key: the row of another place that has this id must not be taken over. NULL is refused.
  const isSamePlace = and(eq(authCodes.purpose, purpose), eq(authCodes.subject, subject))
  const inherited = sql`case
    when ${authCodes.expiresAt} > ${sql.param(createdAt, authCodes.expiresAt)}
      and ${authCodes.attemptsLeft} > 0
      and ${authCodes.attemptsLeft} < ${attemptsLeft}
    then ${authCodes.attemptsLeft} else ${attemptsLeft} end`
  await tx
    .insert(authCodes)
    .values({ ...code })
    .onDuplicateKeyUpdate({
      set: {
        id: sql`case when ${isSamePlace} then ${id} end`,
        userId,
        secretHash,
        attemptsLeft: inherited,
        payload,
        expiresAt,
        createdAt,
      },
    })
}

/** Deletes the codes of a person, but for those of `keepPurposes`. */
export async function voidCodes(
  tx: MysqlTransaction,
  userId: string,
  keepPurposes: readonly string[],
): Promise<void> {
  const isVoid = guarded(
    eq(authCodes.userId, userId),
    notInArray(authCodes.purpose, [...keepPurposes]),
  )
  await tx.delete(authCodes).where(isVoid)
}
