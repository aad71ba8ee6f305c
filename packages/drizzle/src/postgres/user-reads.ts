import type { AppModel, UserStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { read, type Access } from './database.ts'
import { authCodes } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<
  UserStore<AppModel>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

/** The queries on people. */
export function userReads({ db, prepare }: Access, users: UsersTable): Reads {
  const columns = userColumnsOf(users)
  const credentials = { user: columns, passwordHash: users.passwordHash }
  const byId = eq(users.id, sql.placeholder('id'))
  const byEmail = eq(users.email, sql.placeholder('email'))
  const findById = prepare('users.findById', db.select(columns).from(users).where(byId))
  const findByEmail = prepare('users.findByEmail', db.select(columns).from(users).where(byEmail))
  const findForSignIn = prepare(
    'users.findForSignIn',
    db.select(credentials).from(users).where(byEmail),
  )
  const findCredentials = prepare(
    'users.findCredentials',
    db.select(credentials).from(users).where(byId),
  )
  const isTheirs = and(
    eq(authCodes.purpose, sql.placeholder('purpose')),
    eq(authCodes.subject, users.id),
  )
  const findWithCode = prepare(
    'users.findWithCode',
    db
      .select({ user: columns, code: authCodes })
      .from(users)
      .leftJoin(authCodes, isTheirs)
      .where(byEmail),
  )
  return {
    findById: async (id) => (await findById({ id }))[0] ?? null,
    findByEmail: async (email) => (await findByEmail({ email }))[0] ?? null,
    findForSignIn: async (email) => (await findForSignIn({ email }))[0] ?? null,
    findCredentials: async (id) => (await findCredentials({ id }))[0] ?? null,
    findWithCode: async (input) => (await findWithCode({ ...input }))[0] ?? null,
    list: async ({ after, limit }) =>
      read('users.list', () =>
        db
          .select(columns)
          .from(users)
          .where(after === null ? undefined : gt(users.id, after))
          .orderBy(asc(users.id))
          .limit(limit),
      ),
  }
}
