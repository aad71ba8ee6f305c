import type { Effects, SessionRecord, SessionStore } from '@mindmesh/auth/ports'
import { changeUser, endSessions, writeEffects } from './effects.ts'
import type { MemoryModel } from './model.ts'
import type { Rows, Tables } from './tables.ts'

type Store<Profile extends object> = SessionStore<MemoryModel<Profile>>
type WithEffects<Method extends 'open' | 'rotate' | 'revoke' | 'revokeAll' | 'markAuthenticated'> =
  Parameters<Store<object>[Method]>[0] & { readonly effects: Effects }

/** Sessions. */
export function sessionStore<Profile extends object>(tables: Tables<Profile>): Store<Profile> {
  return {
    ...sessionReads(tables),
    open: async (input, effects) => tables.write('sessions.open', { ...input, effects }, open),
    rotate: async (input, effects) =>
      tables.write('sessions.rotate', { ...input, effects }, rotate),
    revoke: async (input, effects) =>
      tables.write('sessions.revoke', { ...input, effects }, revoke),
    revokeAll: async (input, effects) =>
      tables.write('sessions.revokeAll', { ...input, effects }, (rows, all) => {
        const count = endSessions(rows, all)
        writeEffects(rows, all.effects)
        return count
      }),
    markAuthenticated: async (input, effects) =>
      tables.write('sessions.markAuthenticated', { ...input, effects }, markAuthenticated),
  }
}

function open(
  rows: Rows,
  { session, expected, effects }: WithEffects<'open'>,
): 'opened' | 'refused' {
  const user = rows.users.get(session.userId)?.user
  const isAsProven =
    user?.blockedAt === null &&
    user.email === expected.email &&
    user.passwordVersion === expected.passwordVersion
  if (!isAsProven) return 'refused'
  changeUser(rows, user.id, { lastSignedInAt: session.createdAt })
  rows.sessions.set(session.id, session)
  writeEffects(rows, effects)
  return 'opened'
}

function rotate(
  rows: Rows,
  { sessionId, fromGeneration, now, effects }: WithEffects<'rotate'>,
): 'rotated' | 'stale' {
  const session = unrevoked(rows, sessionId)
  if (session?.refreshGeneration !== fromGeneration || session.expiresAt <= now) return 'stale'
  const refreshGeneration = fromGeneration + 1
  rows.sessions.set(sessionId, { ...session, refreshGeneration, rotatedAt: now, lastUsedAt: now })
  writeEffects(rows, effects)
  return 'rotated'
}

function revoke(
  rows: Rows,
  { sessionId, at, reason, effects }: WithEffects<'revoke'>,
): 'revoked' | 'stale' {
  const session = unrevoked(rows, sessionId)
  if (session === null) return 'stale'
  rows.sessions.set(sessionId, { ...session, revokedAt: at, revokeReason: reason })
  writeEffects(rows, effects)
  return 'revoked'
}

function markAuthenticated(
  rows: Rows,
  { sessionId, at, effects }: WithEffects<'markAuthenticated'>,
): 'marked' | 'stale' {
  const session = unrevoked(rows, sessionId)
  if (session === null) return 'stale'
  rows.sessions.set(sessionId, { ...session, authenticatedAt: at })
  writeEffects(rows, effects)
  return 'marked'
}

function unrevoked(rows: Rows, sessionId: string): SessionRecord | null {
  const session = rows.sessions.get(sessionId)
  return session === undefined || session.revokedAt !== null ? null : session
}

type Reads<Profile extends object> = Pick<
  Store<Profile>,
  'find' | 'listLive' | 'listAll' | 'listUserAgents'
>

function sessionReads<Profile extends object>(tables: Tables<Profile>): Reads<Profile> {
  return {
    find: async (sessionId) =>
      tables.read((rows) => {
        const session = rows.sessions.get(sessionId)
        const user = session === undefined ? undefined : rows.users.get(session.userId)?.user
        return session === undefined || user === undefined ? null : { session, user }
      }),
    listLive: async (userId, now) =>
      tables.read((rows) =>
        ofUser(rows, userId).filter((s) => s.revokedAt === null && s.expiresAt > now),
      ),
    listAll: async (userId) => tables.read((rows) => ofUser(rows, userId)),
    listUserAgents: async (userId) =>
      tables.read((rows) => {
        const agents = ofUser(rows, userId).map((s) => s.userAgent)
        return [...new Set(agents.filter((agent) => agent !== null).slice(0, 100))]
      }),
  }
}

function ofUser(rows: Rows, userId: string): readonly SessionRecord[] {
  return [...rows.sessions.values()]
    .filter((s) => s.userId === userId)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
}
