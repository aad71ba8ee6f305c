import type { CodeRecord, Effects } from '@mindmesh/auth/ports'
import type { EventRow, OutboxRow, Queries } from './client.ts'
import { toJson } from './columns.ts'
import { execute, type PrismaDatabase } from './database.ts'
import { join, raw, sql, type Sql } from './sql.ts'

/** Writes what belongs to a change, inside the change's own transaction. */
export async function writeEffects(
  db: PrismaDatabase,
  tx: Queries,
  effects: Effects,
): Promise<void> {
  for (const code of effects.codes ?? []) await replaceCode(db, tx, code)
  if (effects.events !== undefined && effects.events.length > 0) {
    const rows = effects.events.map((event): EventRow => ({
      ...event,
      metadata: toJson(db.provider, event.metadata),
    }))
    await tx.authEvent.createMany({ data: rows })
  }
  if (effects.mails !== undefined && effects.mails.length > 0) {
    const rows = effects.mails.map((mail): OutboxRow => ({
      ...mail,
      attempts: 0,
      availableAt: mail.createdAt,
      leaseId: null,
      leasedUntil: null,
      sentAt: null,
      failedAt: null,
      lastError: null,
    }))
    await tx.authOutbox.createMany({ data: rows })
  }
}

/**
 * Puts a code in the place of an earlier one; a live one hands down no more tries than it had left. Written by hand:
 * Prisma's `upsert` cannot make what it writes depend on the row that is there, and to read that row first would let
 * two callers hand down the same tries.
 */
export async function replaceCode(
  db: PrismaDatabase,
  tx: Queries,
  code: CodeRecord,
): Promise<void> {
  await execute(db, tx, db.provider === 'mysql' ? onDuplicateKey(db, code) : onConflict(db, code))
}

/** The values of a code, each as a parameter. */
function parametersOfCode(
  { parameters: { text, integer, moment, json } }: PrismaDatabase,
  code: CodeRecord,
) {
  return {
    id: text(code.id),
    purpose: text(code.purpose),
    subject: text(code.subject),
    userId: text(code.userId),
    secretHash: text(code.secretHash),
    attemptsLeft: integer(code.attemptsLeft),
    payload: json(code.payload),
    expiresAt: moment(code.expiresAt),
    createdAt: moment(code.createdAt),
  }
}

const COLUMNS = raw(
  'id, purpose, subject, user_id, secret_hash, attempts_left, payload, expires_at, created_at',
)

function onConflict(db: PrismaDatabase, code: CodeRecord): Sql {
  const row = parametersOfCode(db, code)
  return sql`insert into ${db.table('AuthCode')} as earlier (${COLUMNS})
    values (${join(Object.values(row), ', ')})
    on conflict (purpose, subject) do update set
      id = excluded.id, user_id = excluded.user_id, secret_hash = excluded.secret_hash,
      attempts_left = case
        when earlier.expires_at > excluded.created_at
          and earlier.attempts_left > 0
          and earlier.attempts_left < excluded.attempts_left
        then earlier.attempts_left else excluded.attempts_left end,
      payload = excluded.payload, expires_at = excluded.expires_at, created_at = excluded.created_at`
}

/**
 * MySQL assigns from left to right: `attempts_left` still sees the earlier `expires_at`. ON DUPLICATE KEY means any
 * key: the row of another place that has this id must not be taken over, and NULL is refused.
 */
function onDuplicateKey(db: PrismaDatabase, code: CodeRecord): Sql {
  const row = parametersOfCode(db, code)
  return sql`insert into ${db.table('AuthCode')} (${COLUMNS})
    values (${join(Object.values(row), ', ')})
    on duplicate key update
      id = case when purpose = ${row.purpose} and subject = ${row.subject} then ${row.id} end,
      user_id = ${row.userId}, secret_hash = ${row.secretHash},
      attempts_left = case
        when expires_at > ${row.createdAt}
          and attempts_left > 0
          and attempts_left < ${row.attemptsLeft}
        then attempts_left else ${row.attemptsLeft} end,
      payload = ${row.payload}, expires_at = ${row.expiresAt}, created_at = ${row.createdAt}`
}

/** Deletes the codes of a person, but for those of `keepPurposes`. */
export async function voidCodes(
  tx: Queries,
  userId: string,
  keepPurposes: readonly string[],
): Promise<void> {
  await tx.authCode.deleteMany({ where: { userId, purpose: { notIn: keepPurposes } } })
}
