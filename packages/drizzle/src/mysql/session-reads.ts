import type { AppModel, SessionStore } from '@mindmesh/auth/ports'
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { placeholder } from './columns.ts'
import { read, readOne, type MysqlDatabase } from './database.ts'
import { authSessions } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'>

/** The queries on sessions. */
export function sessionReads(db: MysqlDatabase, users: UsersTable): Reads {
  const byId = db.orm
    .select({ session: getTableColumns(authSessions), user: userColumnsOf(users) })
    .from(authSessions)
    .innerJoin(users, eq(users.id, authSessions.userId))
    .where(eq(authSessions.id, placeholder('id', authSessions.id)))
    .prepare()
  return {
    find: async (sessionId) =>
      readOne(db, 'sessions.find', async () => byId.execute({ id: sessionId })),
    listLive: async (userId, now) =>
      read(db, 'sessions.listLive', async () => {
        const isLive = and(
          eq(authSessions.userId, userId),
          isNull(authSessions.revokedAt),
          gt(authSessions.expiresAt, now),
        )
        return db.orm.select().from(authSessions).where(isLive).orderBy(desc(authSessions.id))
      }),
    listAll: async (userId) =>
      read(db, 'sessions.listAll', async () =>
        db.orm
          .select()
          .from(authSessions)
          .where(eq(authSessions.userId, userId))
          .orderBy(desc(authSessions.id)),
      ),
    listUserAgents: async (userId) =>
      read(db, 'sessions.listUserAgents', async () => {
        // Of the newest sessions alone: somebody who signs in all day must not make each sign-in read them all.
        const newest = db.orm
          .select({ userAgent: authSessions.userAgent })
          .from(authSessions)
          .where(and(eq(authSessions.userId, userId), isNotNull(authSessions.userAgent)))
          .orderBy(desc(authSessions.id))
          .limit(100)
          .as('newest')
        // The collation pads: two that differ in spaces at their end are told apart by their length.
        const length = sql<number>`length(${newest.userAgent})`
        const rows = await db.orm
          .selectDistinct({ userAgent: newest.userAgent, length })
          .from(newest)
        return rows.map((row) => row.userAgent).filter((agent) => agent !== null)
      }),
  }
}
