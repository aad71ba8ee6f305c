import type { AppModel, SessionStore } from '@mindmesh/auth/ports'
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Access } from './database.ts'
import { authSessions } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<SessionStore<AppModel>, 'find' | 'listLive' | 'listAll' | 'listUserAgents'>

/** The queries on sessions. */
export function sessionReads({ db, prepare }: Access, users: UsersTable): Reads {
  const isTheirs = eq(authSessions.userId, sql.placeholder('userId'))
  const isLive = and(
    isNull(authSessions.revokedAt),
    gt(authSessions.expiresAt, sql.param(sql.placeholder('now'), authSessions.expiresAt)),
  )
  const newestFirst = desc(authSessions.id)
  const find = prepare(
    'sessions.find',
    db
      .select({ session: getTableColumns(authSessions), user: userColumnsOf(users) })
      .from(authSessions)
      .innerJoin(users, eq(users.id, authSessions.userId))
      .where(eq(authSessions.id, sql.placeholder('id'))),
  )
  const listLive = prepare(
    'sessions.listLive',
    db.select().from(authSessions).where(and(isTheirs, isLive)).orderBy(newestFirst),
  )
  const listAll = prepare(
    'sessions.listAll',
    db.select().from(authSessions).where(isTheirs).orderBy(newestFirst),
  )
  // Of the newest sessions alone: somebody who signs in all day must not make each sign-in read them all.
  const newest = db
    .select({ userAgent: authSessions.userAgent })
    .from(authSessions)
    .where(and(isTheirs, isNotNull(authSessions.userAgent)))
    .orderBy(newestFirst)
    .limit(100)
    .as('newest')
  const listUserAgents = prepare(
    'sessions.listUserAgents',
    db.selectDistinct({ userAgent: newest.userAgent }).from(newest),
  )
  return {
    find: async (id) => (await find({ id }))[0] ?? null,
    listLive: async (userId, now) => listLive({ userId, now }),
    listAll: async (userId) => listAll({ userId }),
    listUserAgents: async (userId) => {
      const rows = await listUserAgents({ userId })
      return rows.map((row) => row.userAgent).filter((agent) => agent !== null)
    },
  }
}
