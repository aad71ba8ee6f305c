import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import { writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
import { effectParts, givenEffects } from './effects.ts'
import { givenRows, selectGiven } from './given-rows.ts'
import { oneStatement, preparedChange } from './one-statement.ts'
import { sessionReads } from './session-reads.ts'
import { authSessions } from './tables.ts'
import type { UsersTable } from './users-table.ts'

type Store = SessionStore<AppModel>

/** Sessions. */
export function sessionStore(access: Access, users: UsersTable): Store {
  const { db } = access
  return {
    open: openWith(access, users),
    rotate: rotateWith(access),
    revoke: revokeWith(access),
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
function openWith(access: Access, users: UsersTable): Store['open'] {
  const { db } = access
  const isAsProven = and(
    eq(users.id, sql.placeholder('userId')),
    isNull(users.blockedAt),
    eq(users.email, sql.placeholder('email')),
    eq(users.passwordVersion, sql.placeholder('passwordVersion')),
  )
  const lastSignedInAt = sql`${sql.param(sql.placeholder('at'), users.lastSignedInAt)}`
  const mark = preparedChange(access, 'sessions.open', {
    change: db.update(users).set({ lastSignedInAt }).where(isAsProven).returning({ id: users.id }),
    also: (person) => {
      const rows = selectGiven(person, authSessions, sql.placeholder('sessions'))
      return [db.$with('opened').as(db.insert(authSessions).select(rows))]
    },
  })
  return async ({ session, expected }, effects) => {
    const sessions = givenRows(authSessions, [session])
    const { userId, createdAt: at } = session
    const marked = await mark({ userId, at, sessions, ...expected }, effects)
    return marked === 0 ? 'refused' : 'opened'
  }
}

function rotateWith(access: Access): Store['rotate'] {
  const now = sql`${sql.param(sql.placeholder('now'), authSessions.expiresAt)}`
  const isCurrent = and(
    eq(authSessions.id, sql.placeholder('sessionId')),
    eq(authSessions.refreshGeneration, sql.placeholder('fromGeneration')),
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, now),
  )
  const refreshGeneration = sql`${authSessions.refreshGeneration} + 1`
  const advance = preparedChange(access, 'sessions.rotate', {
    change: access.db
      .update(authSessions)
      .set({ refreshGeneration, rotatedAt: now, lastUsedAt: now })
      .where(isCurrent)
      .returning({ id: authSessions.id }),
  })
  return async (input, effects) =>
    (await advance({ ...input }, effects)) === 0 ? 'stale' : 'rotated'
}

function revokeWith(access: Access): Store['revoke'] {
  const isLive = and(
    eq(authSessions.id, sql.placeholder('sessionId')),
    isNull(authSessions.revokedAt),
  )
  const revokedAt = sql`${sql.param(sql.placeholder('at'), authSessions.revokedAt)}`
  const end = preparedChange(access, 'sessions.revoke', {
    change: access.db
      .update(authSessions)
      .set({ revokedAt, revokeReason: sql`${sql.placeholder('reason')}` })
      .where(isLive)
      .returning({ id: authSessions.id }),
  })
  return async ({ sessionId, at, reason }, effects) =>
    (await end({ sessionId, at, reason }, effects)) === 0 ? 'stale' : 'revoked'
}

/** Its effects have no guard: they tell that this was asked for, whether or not a session was left to end. */
async function revokeAll(
  db: PostgresDatabase,
  input: Parameters<Store['revokeAll']>[0],
  effects: Effects,
): Promise<number> {
  return oneStatement(db, {
    change: endSessions(db, input),
    effects: {},
    also: () => effectParts(db, givenEffects(effects), null, 'asked'),
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
