import type { AppModel, SessionStore } from '@mindmesh/auth/ports'
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { rowReader } from '../shared/row-reader.ts'
import { once } from '../shared/once.ts'
import { read, type SqliteDatabase } from './database.ts'
import { authSessions } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'>

/** The queries on sessions. */
export function sessionReads(db: SqliteDatabase, users: UsersTable): Reads {
  const columns = { session: getTableColumns(authSessions), user: userColumnsOf(users) }
  const sessionOf = rowReader(columns.session, 0)
  const userOf = rowReader(columns.user, Object.keys(columns.session).length)
  const byId = once(() =>
    db
      .select(columns)
      .from(authSessions)
      .innerJoin(users, eq(users.id, authSessions.userId))
      .where(eq(authSessions.id, sql.placeholder('id')))
      .prepare(),
  )
  const userAgents = once(() => newestUserAgents(db).prepare())
  return {
    find: async (sessionId) =>
      read('sessions.find', () => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `values` gives each row as a list
        const [row] = byId().values({ id: sessionId }) as unknown[][]
        return row === undefined ? null : { session: sessionOf(row), user: userOf(row) }
      }),
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
        const rows = userAgents().all({ userId })
        return rows.map((row) => row.userAgent).filter((agent) => agent !== null)
      }),
  }
}

/** Of the newest sessions alone: somebody who signs in all day must not make each sign-in read them all. */
function newestUserAgents(db: SqliteDatabase) {
  const newest = db
    .select({ userAgent: authSessions.userAgent })
    .from(authSessions)
    .where(
      and(eq(authSessions.userId, sql.placeholder('userId')), isNotNull(authSessions.userAgent)),
    )
    .orderBy(desc(authSessions.id))
    .limit(100)
    .as('newest')
  return db.selectDistinct({ userAgent: newest.userAgent }).from(newest)
}
