import type { CodeRecord, Effects, Reservation, RevokeReason, User } from '@mindmesh/auth/ports'
import type { Rows } from './tables.ts'

/** Writes what belongs to a change. An id that exists makes the whole step fail. */
export function writeEffects(rows: Rows, effects: Effects): void {
  for (const code of effects.codes ?? []) replaceCode(rows, code)
  for (const event of effects.events ?? []) insert(rows.events, event.id, event)
  for (const mail of effects.mails ?? []) {
    insert(rows.mails, mail.id, {
      ...mail,
      attempts: 0,
      availableAt: mail.createdAt,
      leaseId: null,
      leasedUntil: null,
      sentAt: null,
      failedAt: null,
      lastError: null,
    })
  }
}

function insert<Row>(table: Map<string, Row>, id: string, row: Row): void {
  if (table.has(id)) throw new Error('A row of this id is there already.')
  table.set(id, row)
}

/** The code of a purpose and subject: there is one at the most. */
export function codeAt(
  rows: Rows,
  place: { readonly purpose: string; readonly subject: string },
): CodeRecord | undefined {
  return [...rows.codes.values()].find(
    (row) => row.purpose === place.purpose && row.subject === place.subject,
  )
}

/** Whether a code has not reached its end. */
export function isLive(code: CodeRecord, now: Date): boolean {
  return code.expiresAt > now
}

/** Puts a code in the place of an earlier one; a live one hands down no more tries than it had left. */
export function replaceCode(rows: Rows, code: CodeRecord): void {
  const earlier = codeAt(rows, code)
  if (earlier !== undefined) rows.codes.delete(earlier.id)
  const handsDown =
    earlier !== undefined && isLive(earlier, code.createdAt) && earlier.attemptsLeft > 0
  const attemptsLeft = handsDown
    ? Math.min(earlier.attemptsLeft, code.attemptsLeft)
    : code.attemptsLeft
  insert(rows.codes, code.id, { ...code, attemptsLeft })
}

/** Whether a live code of another person keeps this one out. */
export function isReserved(rows: Rows, reservation: Reservation, userId: string): boolean {
  const code = codeAt(rows, reservation)
  return code !== undefined && isLive(code, reservation.now) && code.userId !== userId
}

/** Ends the sessions of a person that are not revoked yet, but one. Returns how many. */
export function endSessions(
  rows: Rows,
  input: {
    readonly userId: string
    readonly keepSessionId: string | null
    readonly at: Date
    readonly reason: RevokeReason
  },
): number {
  const ended = [...rows.sessions.values()].filter(
    (s) => s.userId === input.userId && s.revokedAt === null && s.id !== input.keepSessionId,
  )
  for (const session of ended) {
    rows.sessions.set(session.id, { ...session, revokedAt: input.at, revokeReason: input.reason })
  }
  return ended.length
}

/** Deletes the codes of a person, but for those of `keepPurposes`. */
export function voidCodes(rows: Rows, userId: string, keepPurposes: readonly string[]): void {
  for (const code of rows.codes.values()) {
    const isVoid = code.userId === userId && !keepPurposes.includes(code.purpose)
    if (isVoid) rows.codes.delete(code.id)
  }
}

/** Replaces some of the library's columns of a person; the hash stays. */
export function changeUser(rows: Rows, userId: string, change: Partial<User>): void {
  const row = rows.users.get(userId)
  if (row !== undefined) rows.users.set(userId, { ...row, user: { ...row.user, ...change } })
}
