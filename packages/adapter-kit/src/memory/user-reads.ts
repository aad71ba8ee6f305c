import type { UserStore } from '@mindmesh/auth/ports'
import { codeAt } from './effects.ts'
import type { MemoryModel } from './model.ts'
import type { PersonRow, Rows, Tables } from './tables.ts'

type Reads<Profile extends object> = Pick<
  UserStore<MemoryModel<Profile>>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

/** The queries on people. */
export function userReads<Profile extends object>(tables: Tables<Profile>): Reads<Profile> {
  return {
    findById: async (id) => tables.read((rows) => rows.users.get(id)?.user ?? null),
    findByEmail: async (email) => tables.read((rows) => byEmail(rows, email)?.user ?? null),
    findForSignIn: async (email) => tables.read((rows) => byEmail(rows, email) ?? null),
    findCredentials: async (id) => tables.read((rows) => rows.users.get(id) ?? null),
    findWithCode: async ({ email, purpose }) =>
      tables.read((rows) => {
        const user = byEmail(rows, email)?.user
        if (user === undefined) return null
        return { user, code: codeAt(rows, { purpose, subject: user.id }) ?? null }
      }),
    list: async ({ after, limit }) =>
      tables.read((rows) =>
        [...rows.users.values()]
          .map((row) => row.user)
          .filter((user) => after === null || user.id > after)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .slice(0, limit),
      ),
  }
}

/** The one person of this address. */
export function byEmail<Profile extends object>(
  rows: Rows<Profile>,
  email: string,
): PersonRow<Profile> | undefined {
  return [...rows.users.values()].find((row) => row.user.email === email)
}
