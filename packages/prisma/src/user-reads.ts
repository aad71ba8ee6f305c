import type { AppModel, Credentials, UserStore } from '@mindmesh/auth/ports'
import type { UserRow } from './client.ts'
import { codeOrNull } from './code-store.ts'
import { read, type PrismaDatabase } from './database.ts'

type Reads = Pick<
  UserStore<AppModel>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

/** The part of a query that leaves the password hash where it is. */
export const withoutHash = { omit: { passwordHash: true } } as const

/** The part of a query that reads the hash, where the client omits it from all others too. */
const withHash = { omit: { passwordHash: false } } as const

/** The queries on people. */
export function userReads(db: PrismaDatabase): Reads {
  return {
    findById: async (id) =>
      read(db, 'users.findById', async ({ user }) =>
        user.findFirst({ where: { id }, ...withoutHash }),
      ),
    findByEmail: async (email) =>
      read(db, 'users.findByEmail', async ({ user }) =>
        user.findFirst({ where: { email }, ...withoutHash }),
      ),
    findForSignIn: async (email) =>
      read(db, 'users.findForSignIn', async ({ user }) =>
        credentialsOf(await user.findFirst({ where: { email }, ...withHash })),
      ),
    findCredentials: async (id) =>
      read(db, 'users.findCredentials', async ({ user }) =>
        credentialsOf(await user.findFirst({ where: { id }, ...withHash })),
      ),
    // Two queries, as many for an address that nobody has: the time it takes must not tell who has an account.
    findWithCode: async ({ email, purpose }) =>
      read(db, 'users.findWithCode', async (queries) => {
        const user = await queries.user.findFirst({ where: { email }, ...withoutHash })
        const subject = user?.id ?? ''
        const code = await queries.authCode.findFirst({ where: { purpose, subject } })
        return user === null ? null : { user, code: codeOrNull(code) }
      }),
    list: async ({ after, limit }) =>
      read(db, 'users.list', async ({ user }) =>
        user.findMany({
          where: after === null ? {} : { id: { gt: after } },
          orderBy: [{ id: 'asc' }],
          take: limit,
          ...withoutHash,
        }),
      ),
  }
}

function credentialsOf(row: UserRow | null): Credentials<AppModel> | null {
  if (row === null) return null
  const { passwordHash, ...user } = row
  return { user, passwordHash }
}
