import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNull, ne } from 'drizzle-orm'
import { writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
import { effectParts } from './effects.ts'
import { oneStatement } from './one-statement.ts'
import { rowsWhere } from './rows-where.ts'
import { sessionReads } from './session-reads.ts'
import { authSessions } from './tables.ts'
import type { UsersTable } from './users-table.ts'

/** Sessions. */
export function sessionStore(access: Access, users: UsersTable): SessionStore<AppModel> {
  const { db } = access
  return {
    open: async (input, effects) =>
      writeAtOnce('sessions.open', () => open(db, users, input, effects)),
    rotate: async (input, effects) =>
      writeAtOnce('sessions.rotate', () => rotate(db, input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      writeAtOnce('sessions.revoke', async () => {
        const change = db
          .update(authSessions)
          .set({ revokedAt: at, revokeReason: reason })
          .where(and(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt)))
          .returning({ id: authSessions.id })
        return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'revoked'
      }),
    revokeAll: async (input, effects) =>
      writeAtOnce('sessions.revokeAll', () => revokeAll(db, input, effects)),
    markAuthenticated: async ({ sessionId, at }, effects) =>
      writeAtOnce('sessions.markAuthenticated', async () => {
        const change = db
          .update(authSessions)
          .set({ authenticatedAt: at })
          .where(and(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt)))
          .returning({ id: authSessions.id })
        return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'marked'
      }),
    ...sessionReads(access, users),
  }
}

/** The person's row is written, so a step that ends their sessions waits for this one, and then sees its session. */
async function open(
  db: PostgresDatabase,
  users: UsersTable,
  { session, expected }: Parameters<SessionStore<AppModel>['open']>[0],
  effects: Effects,
): Promise<'opened' | 'refused'> {
  const change = db
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
    .returning({ id: users.id })
  const opened = await oneStatement(db, {
    change,
    effects,
    also: (person) => [
      db
        .$with('opened')
        .as(db.insert(authSessions).select(rowsWhere(person, authSessions, [session]))),
    ],
  })
  return opened === 0 ? 'refused' : 'opened'
}

async function rotate(
  db: PostgresDatabase,
  { sessionId, fromGeneration, now }: Parameters<SessionStore<AppModel>['rotate']>[0],
  effects: Effects,
): Promise<'rotated' | 'stale'> {
  const isCurrent = and(
    eq(authSessions.id, sessionId),
    eq(authSessions.refreshGeneration, fromGeneration),
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, now),
  )
  const change = db
    .update(authSessions)
    .set({ refreshGeneration: fromGeneration + 1, rotatedAt: now, lastUsedAt: now })
    .where(isCurrent)
    .returning({ id: authSessions.id })
  return (await oneStatement(db, { change, effects })) === 0 ? 'stale' : 'rotated'
}

/** Its effects have no guard: they tell that this was asked for, whether or not a session was left to end. */
async function revokeAll(
  db: PostgresDatabase,
  input: Parameters<SessionStore<AppModel>['revokeAll']>[0],
  effects: Effects,
): Promise<number> {
  return oneStatement(db, {
    change: endSessions(db, input),
    effects: {},
    also: () => effectParts(db, effects, null),
  })
}

/** Ends the sessions of a person that have not ended, but one. */
export function endSessions(
  db: PostgresDatabase,
  { userId, keepSessionId, at, reason }: Parameters<SessionStore<AppModel>['revokeAll']>[0],
) {
  const isOther = keepSessionId === null ? undefined : ne(authSessions.id, keepSessionId)
  return db
    .update(authSessions)
    .set({ revokedAt: at, revokeReason: reason })
    .where(and(eq(authSessions.userId, userId), isNull(authSessions.revokedAt), isOther))
    .returning({ id: authSessions.id })
}
