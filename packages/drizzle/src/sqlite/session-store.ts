import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNull, ne } from 'drizzle-orm'
import { write, type SqliteDatabase } from './database.ts'
import { writeEffects } from './effects.ts'
import { authSessions } from './tables.ts'
import { sessionReads } from './session-reads.ts'
import type { UsersTable } from './users-table.ts'

/** Sessions. */
export function sessionStore(db: SqliteDatabase, users: UsersTable): SessionStore<AppModel> {
  return {
    open: async (input, effects) =>
      write(db, 'sessions.open', (tx) => open(tx, users, input, effects)),
    rotate: async (input, effects) =>
      write(db, 'sessions.rotate', (tx) => rotate(tx, input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      write(db, 'sessions.revoke', (tx) => {
        const { changes } = tx
          .update(authSessions)
          .set({ revokedAt: at, revokeReason: reason })
          .where(and(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt)))
          .run()
        if (changes === 0) return 'stale'
        writeEffects(tx, effects)
        return 'revoked'
      }),
    revokeAll: async (input, effects) =>
      write(db, 'sessions.revokeAll', (tx) => {
        const count = endSessions(tx, input)
        writeEffects(tx, effects)
        return count
      }),
    markAuthenticated: async ({ sessionId, at }, effects) =>
      write(db, 'sessions.markAuthenticated', (tx) => {
        const { changes } = tx
          .update(authSessions)
          .set({ authenticatedAt: at })
          .where(and(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt)))
          .run()
        if (changes === 0) return 'stale'
        writeEffects(tx, effects)
        return 'marked'
      }),
    ...sessionReads(db, users),
  }
}

function open(
  tx: SqliteDatabase,
  users: UsersTable,
  { session, expected }: Parameters<SessionStore<AppModel>['open']>[0],
  effects: Effects,
): 'opened' | 'refused' {
  const { changes } = tx
    .update(users)
    .set({ lastSignedInAt: session.createdAt })
    .where(
      and(
        eq(users.id, session.userId),
        isNull(users.blockedAt),
        eq(users.email, expected.email),
        eq(users.passwordVersion, expected.passwordVersion),
      ),
    )
    .run()
  if (changes === 0) return 'refused'
  tx.insert(authSessions)
    .values({ ...session })
    .run()
  writeEffects(tx, effects)
  return 'opened'
}

function rotate(
  tx: SqliteDatabase,
  { sessionId, fromGeneration, now }: Parameters<SessionStore<AppModel>['rotate']>[0],
  effects: Effects,
): 'rotated' | 'stale' {
  const isCurrent = and(
    eq(authSessions.id, sessionId),
    eq(authSessions.refreshGeneration, fromGeneration),
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, now),
  )
  const set = { refreshGeneration: fromGeneration + 1, rotatedAt: now, lastUsedAt: now }
  if (tx.update(authSessions).set(set).where(isCurrent).run().changes === 0) return 'stale'
  writeEffects(tx, effects)
  return 'rotated'
}

/** Ends the sessions of a person that are not revoked yet, but one. Returns how many. */
export function endSessions(
  tx: SqliteDatabase,
  { userId, keepSessionId, at, reason }: Parameters<SessionStore<AppModel>['revokeAll']>[0],
): number {
  const isOther = keepSessionId === null ? undefined : ne(authSessions.id, keepSessionId)
  return tx
    .update(authSessions)
    .set({ revokedAt: at, revokeReason: reason })
    .where(and(eq(authSessions.userId, userId), isNull(authSessions.revokedAt), isOther))
    .run().changes
}
