import type { AppModel, SessionStore } from '@mindmesh/auth/ports'
import { and, eq, getTableColumns, gt, isNull, ne, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { driverValuesOf, placeholdersOf } from '../shared/prepared-row.ts'
import { write, type SqliteDatabase } from './database.ts'
import type { Access } from './effects.ts'
import { authSessions } from './tables.ts'
import { sessionReads } from './session-reads.ts'
import type { UsersTable } from './users-table.ts'

/** Sessions. */
export function sessionStore(access: Access, users: UsersTable): SessionStore<AppModel> {
  const { db, writer } = access
  const open = openWith(access, users)
  const rotate = rotateWith(access)
  return {
    open: async (input, effects) => write(db, 'sessions.open', () => open(input, effects)),
    rotate: async (input, effects) => write(db, 'sessions.rotate', () => rotate(input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      write(db, 'sessions.revoke', (tx) => {
        const { changes } = tx
          .update(authSessions)
          .set({ revokedAt: at, revokeReason: reason })
          .where(and(eq(authSessions.id, sessionId), isNull(authSessions.revokedAt)))
          .run()
        if (changes === 0) return 'stale'
        writer.write(effects)
        return 'revoked'
      }),
    revokeAll: async (input, effects) =>
      write(db, 'sessions.revokeAll', (tx) => {
        const count = endSessions(tx, input)
        writer.write(effects)
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
        writer.write(effects)
        return 'marked'
      }),
    ...sessionReads(db, users),
  }
}

type Open = SessionStore<AppModel>['open']
type Rotate = SessionStore<AppModel>['rotate']

function openWith(
  { db, writer }: Access,
  users: UsersTable,
): (...[input, effects]: Parameters<Open>) => Awaited<ReturnType<Open>> {
  const columns = getTableColumns(authSessions)
  const isAsProven = and(
    eq(users.id, sql.placeholder('userId')),
    isNull(users.blockedAt),
    eq(users.email, sql.placeholder('email')),
    eq(users.passwordVersion, sql.placeholder('passwordVersion')),
  )
  const lastSignedInAt = sql`${sql.param(sql.placeholder('at'), users.lastSignedInAt)}`
  const statements = once(() => ({
    mark: db.update(users).set({ lastSignedInAt }).where(isAsProven).prepare(),
    insert: db.insert(authSessions).values(placeholdersOf(columns)).prepare(),
  }))
  return ({ session, expected }, effects) => {
    const { mark, insert } = statements()
    const { userId, createdAt: at } = session
    if (mark.run({ userId, at, ...expected }).changes === 0) return 'refused'
    insert.run(driverValuesOf(columns, session))
    writer.write(effects)
    return 'opened'
  }
}

function rotateWith({
  db,
  writer,
}: Access): (...[input, effects]: Parameters<Rotate>) => Awaited<ReturnType<Rotate>> {
  const now = sql`${sql.param(sql.placeholder('now'), authSessions.expiresAt)}`
  const isCurrent = and(
    eq(authSessions.id, sql.placeholder('sessionId')),
    eq(authSessions.refreshGeneration, sql.placeholder('fromGeneration')),
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, now),
  )
  const set = {
    refreshGeneration: sql`${authSessions.refreshGeneration} + 1`,
    rotatedAt: now,
    lastUsedAt: now,
  }
  const advance = once(() => db.update(authSessions).set(set).where(isCurrent).prepare())
  return (input, effects) => {
    if (advance().run({ ...input }).changes === 0) return 'stale'
    writer.write(effects)
    return 'rotated'
  }
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
