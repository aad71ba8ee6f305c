import type { AppModel, UserStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { read, type SqliteDatabase } from './database.ts'
import { authCodes } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<
  UserStore<AppModel>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

/** The queries on people. */
export function userReads(db: SqliteDatabase, users: UsersTable): Reads {
  const columns = userColumnsOf(users)
  const credentials = { user: columns, passwordHash: users.passwordHash }
  const byId = eq(users.id, sql.placeholder('id'))
  const byEmail = eq(users.email, sql.placeholder('email'))
  const isTheirs = and(
    eq(authCodes.purpose, sql.placeholder('purpose')),
    eq(authCodes.subject, users.id),
  )
  const statements = once(() => ({
    findById: db.select(columns).from(users).where(byId).prepare(),
    findByEmail: db.select(columns).from(users).where(byEmail).prepare(),
    findForSignIn: db.select(credentials).from(users).where(byEmail).prepare(),
    findCredentials: db.select(credentials).from(users).where(byId).prepare(),
    findWithCode: db
      .select({ user: columns, code: authCodes })
      .from(users)
      .leftJoin(authCodes, isTheirs)
      .where(byEmail)
      .prepare(),
  }))
  return {
    findById: async (id) => read('users.findById', () => statements().findById.get({ id }) ?? null),
    findByEmail: async (email) =>
      read('users.findByEmail', () => statements().findByEmail.get({ email }) ?? null),
    findForSignIn: async (email) =>
      read('users.findForSignIn', () => statements().findForSignIn.get({ email }) ?? null),
    findCredentials: async (id) =>
      read('users.findCredentials', () => statements().findCredentials.get({ id }) ?? null),
    findWithCode: async (input) =>
      read('users.findWithCode', () => statements().findWithCode.get({ ...input }) ?? null),
    list: async ({ after, limit }) =>
      read('users.list', () =>
        db
          .select(columns)
          .from(users)
          .where(after === null ? undefined : gt(users.id, after))
          .orderBy(asc(users.id))
          .limit(limit)
          .all(),
      ),
  }
}
