import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import { eq, gt, isNull, ne } from 'drizzle-orm'
import {
  affectedRows,
  foundRow,
  guarded,
  marked,
  write,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { writeEffects } from './effects.ts'
import { authSessions } from './tables.ts'
import { sessionReads } from './session-reads.ts'
import type { UsersTable } from './users-table.ts'

/** Sessions. */
export function sessionStore(db: MysqlDatabase, users: UsersTable): SessionStore<AppModel> {
  return {
    open: async (input, effects) =>
      write(db, 'sessions.open', async (tx) => open(tx, users, input, effects)),
    rotate: async (input, effects) =>
      write(db, 'sessions.rotate', async (tx) => rotate(tx, input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      write(db, 'sessions.revoke', async (tx) => {
        const isLive = guarded(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt))
        const set = { revokedAt: at, revokeReason: reason }
        if ((await affectedRows(tx.update(authSessions).set(set).where(isLive))) === 0) {
          return 'stale'
        }
        await writeEffects(tx, effects)
        return 'revoked'
      }),
    revokeAll: async (input, effects) =>
      write(db, 'sessions.revokeAll', async (tx) => {
        const count = await endSessions(tx, input)
        await writeEffects(tx, effects)
        return count
      }),
    markAuthenticated: async ({ sessionId, at }, effects) =>
      write(db, 'sessions.markAuthenticated', async (tx) => {
        const isLive = guarded(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt))
        const set = {
          authenticatedAt: at,
          refreshGeneration: marked(authSessions.refreshGeneration),
        }
        if (!(await foundRow(tx.update(authSessions).set(set).where(isLive)))) return 'stale'
        await writeEffects(tx, effects)
        return 'marked'
      }),
    ...sessionReads(db, users),
  }
}

async function open(
  tx: MysqlTransaction,
  users: UsersTable,
  { session, expected }: Parameters<SessionStore<AppModel>['open']>[0],
  effects: Effects,
): Promise<'opened' | 'refused'> {
  const isAsProven = guarded(
    eq(users.id, session.userId),
    isNull(users.blockedAt),
    eq(users.email, expected.email),
    eq(users.passwordVersion, expected.passwordVersion),
  )
  const set = {
    lastSignedInAt: session.createdAt,
    passwordVersion: marked(users.passwordVersion),
  }
  if (!(await foundRow(tx.update(users).set(set).where(isAsProven)))) return 'refused'
  await tx.insert(authSessions).values({ ...session })
  await writeEffects(tx, effects)
  return 'opened'
}

async function rotate(
  tx: MysqlTransaction,
  { sessionId, fromGeneration, now }: Parameters<SessionStore<AppModel>['rotate']>[0],
  effects: Effects,
): Promise<'rotated' | 'stale'> {
  const isCurrent = guarded(
    eq(authSessions.id, sessionId),
    eq(authSessions.refreshGeneration, fromGeneration),
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, now),
  )
  const set = { refreshGeneration: fromGeneration + 1, rotatedAt: now, lastUsedAt: now }
  if ((await affectedRows(tx.update(authSessions).set(set).where(isCurrent))) === 0) return 'stale'
  await writeEffects(tx, effects)
  return 'rotated'
}

/** Ends the sessions of a person that have not ended, but one. Returns how many. */
export async function endSessions(
  tx: MysqlTransaction,
  { userId, keepSessionId, at, reason }: Parameters<SessionStore<AppModel>['revokeAll']>[0],
): Promise<number> {
  const isOther = keepSessionId === null ? undefined : ne(authSessions.id, keepSessionId)
  return affectedRows(
    tx
      .update(authSessions)
      .set({ revokedAt: at, revokeReason: reason })
      .where(guarded(eq(authSessions.userId, userId), isNull(authSessions.revokedAt), isOther)),
  )
}
