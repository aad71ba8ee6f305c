import type { AppModel, UserStore } from '@mindmesh/auth/ports'
import { and, asc, eq, gt } from 'drizzle-orm'
import { placeholder } from './columns.ts'
import { read, readOne, type MysqlDatabase } from './database.ts'
import { authCodes } from './tables.ts'
import { userColumnsOf, type UsersTable } from './users-table.ts'

type Reads = Pick<
  UserStore<AppModel>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

/** The queries on people. */
export function userReads(db: MysqlDatabase, users: UsersTable): Reads {
  const columns = userColumnsOf(users)
  const credentials = { user: columns, passwordHash: users.passwordHash }
  const byId = eq(users.id, placeholder('id', users.id))
  const byEmail = eq(users.email, placeholder('email', users.email))
  const findById = db.orm.select(columns).from(users).where(byId).prepare()
  const findByEmail = db.orm.select(columns).from(users).where(byEmail).prepare()
  const findForSignIn = db.orm.select(credentials).from(users).where(byEmail).prepare()
  const findCredentials = db.orm.select(credentials).from(users).where(byId).prepare()
  const isTheirs = and(
    eq(authCodes.purpose, placeholder('purpose', authCodes.purpose)),
    eq(authCodes.subject, users.id),
  )
  const findWithCode = db.orm
    .select({ user: columns, code: authCodes })
    .from(users)
    .leftJoin(authCodes, isTheirs)
    .where(byEmail)
    .prepare()
  return {
    findById: async (id) => readOne(db, 'users.findById', async () => findById.execute({ id })),
    findByEmail: async (email) =>
      readOne(db, 'users.findByEmail', async () => findByEmail.execute({ email })),
    findForSignIn: async (email) =>
      readOne(db, 'users.findForSignIn', async () => findForSignIn.execute({ email })),
    findCredentials: async (id) =>
      readOne(db, 'users.findCredentials', async () => findCredentials.execute({ id })),
    findWithCode: async (input) =>
      readOne(db, 'users.findWithCode', async () => findWithCode.execute({ ...input })),
    list: async ({ after, limit }) =>
      read(db, 'users.list', async () =>
        db.orm
          .select(columns)
          .from(users)
          .where(after === null ? undefined : gt(users.id, after))
          .orderBy(asc(users.id))
          .limit(limit),
      ),
  }
}
