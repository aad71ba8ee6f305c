import type { AppModel, UserStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
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
  const findById = db.select(columns).from(users).where(byId).prepare()
  const findByEmail = db.select(columns).from(users).where(byEmail).prepare()
  const findForSignIn = db.select(credentials).from(users).where(byEmail).prepare()
  const findCredentials = db.select(credentials).from(users).where(byId).prepare()
  const isTheirs = and(
    eq(authCodes.purpose, sql.placeholder('purpose')),
    eq(authCodes.subject, users.id),
  )
  const findWithCode = db
    .select({ user: columns, code: authCodes })
    .from(users)
    .leftJoin(authCodes, isTheirs)
    .where(byEmail)
    .prepare()
  return {
    findById: async (id) => read('users.findById', () => findById.get({ id }) ?? null),
    findByEmail: async (email) =>
      read('users.findByEmail', () => findByEmail.get({ email }) ?? null),
    findForSignIn: async (email) =>
      read('users.findForSignIn', () => findForSignIn.get({ email }) ?? null),
    findCredentials: async (id) =>
      read('users.findCredentials', () => findCredentials.get({ id }) ?? null),
    findWithCode: async (input) =>
      read('users.findWithCode', () => findWithCode.get({ ...input }) ?? null),
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
