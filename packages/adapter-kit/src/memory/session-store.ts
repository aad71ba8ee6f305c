import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import { endSessions, writeEffects } from './effects.ts'
import type { Rows, Tables } from './rows.ts'
import { withoutHash } from './user-store.ts'

/** Sessions. */
export function sessionStore(tables: Tables): SessionStore<AppModel> {
  return {
    ...reads(tables),
    open: async ({ session, expected }, effects) =>
      tables.write((rows) => {
        const user = rows.users.get(session.userId)
        const isAsProven =
          user?.blockedAt === null &&
          user.email === expected.email &&
          user.passwordVersion === expected.passwordVersion
        if (!isAsProven) return 'refused'
        rows.users.set(user.id, { ...user, lastSignedInAt: session.createdAt })
        rows.sessions.set(session.id, structuredClone(session))
        writeEffects(rows, effects)
        return 'opened'
      }),
    rotate: async (input, effects) => tables.write((rows) => rotate(rows, input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      tables.write((rows) => {
        const session = rows.sessions.get(sessionId)
        if (session === undefined || session.revokedAt !== null) return 'stale'
        rows.sessions.set(sessionId, { ...session, revokedAt: at, revokeReason: reason })
        writeEffects(rows, effects)
        return 'revoked'
      }),
    revokeAll: async (input, effects) =>
      tables.write((rows) => {
        const count = endSessions(rows, input)
        writeEffects(rows, effects)
        return count
      }),
    markAuthenticated: async ({ sessionId, at }, effects) =>
      tables.write((rows) => {
        const session = rows.sessions.get(sessionId)
        if (session === undefined || session.revokedAt !== null) return 'stale'
        rows.sessions.set(sessionId, { ...session, authenticatedAt: at })
        writeEffects(rows, effects)
        return 'marked'
      }),
  }
}

function rotate(
  rows: Rows,
  { sessionId, fromGeneration, now }: Parameters<SessionStore<AppModel>['rotate']>[0],
  effects: Effects,
): 'rotated' | 'stale' {
  const session = rows.sessions.get(sessionId)
  const isCurrent =
    session?.refreshGeneration === fromGeneration &&
    session.revokedAt === null &&
    session.expiresAt > now
  if (!isCurrent) return 'stale'
  const refreshGeneration = fromGeneration + 1
  rows.sessions.set(sessionId, { ...session, refreshGeneration, rotatedAt: now, lastUsedAt: now })
  writeEffects(rows, effects)
  return 'rotated'
}

function reads(
  tables: Tables,
): Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'> {
  return {
    find: async (sessionId) =>
      tables.read((rows) => {
        const session = rows.sessions.get(sessionId)
        const user = session === undefined ? undefined : rows.users.get(session.userId)
        if (session === undefined || user === undefined) return null
        return { session, user: withoutHash(user) }
      }),
    listLive: async (userId, now) =>
      tables.read((rows) =>
        ofUser(rows, userId).filter((s) => s.revokedAt === null && s.expiresAt > now),
      ),
    listAll: async (userId) => tables.read((rows) => ofUser(rows, userId)),
    listUserAgents: async (userId) =>
      tables.read((rows) => {
        const agents = ofUser(rows, userId).map((s) => s.userAgent)
        return [...new Set(agents.filter((agent) => agent !== null))].slice(0, 100)
      }),
  }
}

function ofUser(rows: Rows, userId: string) {
  return [...rows.sessions.values()]
    .filter((s) => s.userId === userId)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
}
