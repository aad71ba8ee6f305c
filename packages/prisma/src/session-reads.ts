import type { AppModel, SessionRecord, SessionStore } from '@mindmesh/auth/ports'
import type { SessionRow } from './client.ts'
import { fromJson } from './columns.ts'
import { read, type PrismaDatabase } from './database.ts'
import { withoutHash } from './user-reads.ts'

type Reads = Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'>

/** The queries on sessions. */
export function sessionReads(db: PrismaDatabase): Reads {
  return {
    // Two queries: our tables have no foreign key, and Prisma joins along a relation only. What happens between them
    // ends the session: a person who is gone is not found, and one who was blocked is read as blocked.
    find: async (sessionId) =>
      read(db, 'sessions.find', async (queries) => {
        const session = await queries.authSession.findFirst({ where: { id: sessionId } })
        if (session === null) return null
        const user = await queries.user.findFirst({ where: { id: session.userId }, ...withoutHash })
        return user === null ? null : { session: sessionOf(session), user }
      }),
    listLive: async (userId, now) =>
      read(db, 'sessions.listLive', async ({ authSession }) => {
        const rows = await authSession.findMany({
          where: { userId, revokedAt: null, expiresAt: { gt: now } },
          orderBy: [{ id: 'desc' }],
        })
        return rows.map(sessionOf)
      }),
    listAll: async (userId) =>
      read(db, 'sessions.listAll', async ({ authSession }) => {
        const rows = await authSession.findMany({ where: { userId }, orderBy: [{ id: 'desc' }] })
        return rows.map(sessionOf)
      }),
    listUserAgents: async (userId) =>
      read(db, 'sessions.listUserAgents', async ({ authSession }) => {
        const rows = await authSession.findMany({
          where: { userId, userAgent: { not: null } },
          orderBy: [{ id: 'desc' }],
          select: { userAgent: true },
          take: 100,
        })
        const agents = rows.map((row) => row.userAgent).filter((agent) => agent !== null)
        return [...new Set(agents)]
      }),
  }
}

function sessionOf(row: SessionRow): SessionRecord {
  return { ...row, authMethods: fromJson(row.authMethods) }
}
