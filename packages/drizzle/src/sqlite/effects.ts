import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import { and, eq, getTableColumns, notInArray, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { driverValuesOf, placeholdersOf } from '../shared/prepared-row.ts'
import type { SqliteDatabase } from './database.ts'
import { authCodes, authEvents, authOutbox } from './tables.ts'

/**
 * Writes what belongs to a change, from inside the change's own transaction: an instance of drizzle on better-sqlite3
 * has one connection, so a statement that was prepared before runs in whatever transaction is open.
 */
export interface EffectWriter {
  write(effects: Effects): void
  /** Puts a code in the place of an earlier one; a live one hands down no more tries than it had left. */
  replaceCode(code: CodeRecord): void
}

/** What every store that changes anything works with. */
export interface Access {
  readonly db: SqliteDatabase
  readonly writer: EffectWriter
}

const codes = getTableColumns(authCodes)
const events = getTableColumns(authEvents)
const mails = getTableColumns(authOutbox)

/** Three statements serve every change: each is built and prepared once. */
export function effectWriter(db: SqliteDatabase): EffectWriter {
  const insertEvent = once(() => db.insert(authEvents).values(placeholdersOf(events)).prepare())
  const insertMail = once(() => db.insert(authOutbox).values(placeholdersOf(mails)).prepare())
  const replace = once(() => replacement(db))
  const replaceCode = (code: CodeRecord): void => {
    replace().run(driverValuesOf(codes, code))
  }
  return {
    write(effects) {
      for (const code of effects.codes ?? []) replaceCode(code)
      for (const event of effects.events ?? []) insertEvent().run(driverValuesOf(events, event))
      for (const mail of effects.mails ?? []) {
        const row = { ...mail, attempts: 0, availableAt: mail.createdAt }
        insertMail().run(driverValuesOf(mails, row))
      }
    },
    replaceCode,
  }
}

function replacement(db: SqliteDatabase) {
  const inherited = sql`case
    when ${authCodes.expiresAt} > excluded.created_at
      and ${authCodes.attemptsLeft} > 0
      and ${authCodes.attemptsLeft} < excluded.attempts_left
    then ${authCodes.attemptsLeft} else excluded.attempts_left end`
  return db
    .insert(authCodes)
    .values(placeholdersOf(codes))
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
    .prepare()
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
