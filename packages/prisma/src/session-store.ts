import type { AppModel, Effects, SessionStore } from '@mindmesh/auth/ports'
import type { Queries } from './client.ts'
import { toJson } from './columns.ts'
import { write, type PrismaDatabase } from './database.ts'
import { writeEffects } from './effects.ts'
import { sessionReads } from './session-reads.ts'

/** Sessions. */
export function sessionStore(db: PrismaDatabase): SessionStore<AppModel> {
  return {
    open: async (input, effects) =>
      write(db, 'sessions.open', async (tx) => open(db, tx, input, effects)),
    rotate: async (input, effects) =>
      write(db, 'sessions.rotate', async (tx) => rotate(db, tx, input, effects)),
    revoke: async ({ sessionId, at, reason }, effects) =>
      write(db, 'sessions.revoke', async (tx) => {
        const { count } = await tx.authSession.updateMany({
          where: { id: sessionId, revokedAt: null },
          data: { revokedAt: at, revokeReason: reason },
        })
        if (count === 0) return 'stale'
        await writeEffects(db, tx, effects)
        return 'revoked'
      }),
    revokeAll: async (input, effects) =>
      write(db, 'sessions.revokeAll', async (tx) => {
        const count = await endSessions(tx, input)
        await writeEffects(db, tx, effects)
        return count
      }),
    markAuthenticated: async ({ sessionId, at }, effects) =>
      write(db, 'sessions.markAuthenticated', async (tx) => {
        const { count } = await tx.authSession.updateMany({
          where: { id: sessionId, revokedAt: null },
          data: { authenticatedAt: at },
        })
        if (count === 0) return 'stale'
        await writeEffects(db, tx, effects)
        return 'marked'
      }),
    ...sessionReads(db),
  }
}

async function open(
  db: PrismaDatabase,
  tx: Queries,
  { session, expected }: Parameters<SessionStore<AppModel>['open']>[0],
  effects: Effects,
): Promise<'opened' | 'refused'> {
  const { email, passwordVersion } = expected
  const { count } = await tx.user.updateMany({
    where: { id: session.userId, blockedAt: null, email, passwordVersion },
    data: { lastSignedInAt: session.createdAt },
  })
  if (count === 0) return 'refused'
  const row = { ...session, authMethods: toJson(db.provider, session.authMethods) }
  await tx.authSession.createMany({ data: [row] })
  await writeEffects(db, tx, effects)
  return 'opened'
}

async function rotate(
  db: PrismaDatabase,
  tx: Queries,
  { sessionId, fromGeneration, now }: Parameters<SessionStore<AppModel>['rotate']>[0],
  effects: Effects,
): Promise<'rotated' | 'stale'> {
  const { count } = await tx.authSession.updateMany({
    where: {
      id: sessionId,
      refreshGeneration: fromGeneration,
      revokedAt: null,
      expiresAt: { gt: now },
    },
    data: { refreshGeneration: fromGeneration + 1, rotatedAt: now, lastUsedAt: now },
  })
  if (count === 0) return 'stale'
  await writeEffects(db, tx, effects)
  return 'rotated'
}

/** Ends the sessions of a person that have not ended, but one. Returns how many. */
export async function endSessions(
  tx: Queries,
  { userId, keepSessionId, at, reason }: Parameters<SessionStore<AppModel>['revokeAll']>[0],
): Promise<number> {
  const isOther = keepSessionId === null ? {} : { id: { not: keepSessionId } }
  const { count } = await tx.authSession.updateMany({
    where: { userId, revokedAt: null, ...isOther },
    data: { revokedAt: at, revokeReason: reason },
  })
  return count
}
