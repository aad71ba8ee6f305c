import type { AppModel, SessionStore } from '@mindmesh/auth/ports'
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { read, type SqliteDatabase } from './database.ts'
import { authSessions } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'>

/** The queries on sessions. */
export function sessionReads(db: SqliteDatabase, users: UsersTable): Reads {
  const byId = once(() =>
    db
      .select({ session: getTableColumns(authSessions), user: userColumnsOf(users) })
      .from(authSessions)
      .innerJoin(users, eq(users.id, authSessions.userId))
      .where(eq(authSessions.id, sql.placeholder('id')))
      .prepare(),
  )
  return {
    find: async (sessionId) => read('sessions.find', () => byId().get({ id: sessionId }) ?? null),
    listLive: async (userId, now) =>
      read('sessions.listLive', () => {
        const isLive = and(
          eq(authSessions.userId, userId),
          isNull(authSessions.revokedAt),
          gt(authSessions.expiresAt, now),
        )
        return db.select().from(authSessions).where(isLive).orderBy(desc(authSessions.id)).all()
      }),
    listAll: async (userId) =>
      read('sessions.listAll', () =>
        db
          .select()
          .from(authSessions)
          .where(eq(authSessions.userId, userId))
          .orderBy(desc(authSessions.id))
          .all(),
      ),
    listUserAgents: async (userId) =>
      read('sessions.listUserAgents', () => {
        const rows = db
          .selectDistinct({ userAgent: authSessions.userAgent })
          .from(authSessions)
          .where(and(eq(authSessions.userId, userId), isNotNull(authSessions.userAgent)))
          .limit(100)
          .all()
        return rows.map((row) => row.userAgent).filter((agent) => agent !== null)
      }),
  }
}
