import type { AccountRecord, CodeRecord, NewUser, SessionRecord, User } from '@mindmesh/auth/ports'
import type { ContractContext } from './contract-case.ts'
import { ContractViolation } from './contract-violation.ts'
import { expectEqual, present } from './expect.ts'

/** Longer than any list of the cases. */
export const ALL = 1000

/** Registers somebody. Throws where the store refuses. */
export async function register(
  { store, make }: ContractContext,
  fields: Partial<NewUser> = {},
  account: (user: NewUser) => AccountRecord | null = () => null,
): Promise<User & { readonly passwordHash: string | null }> {
  const user = make.newUser(fields)
  const input = {
    user,
    profile: make.profile(),
    account: account(user),
    reservation: make.reservation(),
  }
  const outcome = await store.users.register(input, {})
  if (outcome.status !== 'registered') {
    throw new ContractViolation('users.register', { expected: 'registered', actual: outcome })
  }
  return { ...outcome.user, passwordHash: user.passwordHash }
}

/** Opens a session of somebody. Throws where the store refuses. */
export async function openSession(
  { store, make }: ContractContext,
  user: User,
  fields: Partial<SessionRecord> = {},
): Promise<SessionRecord> {
  const session = make.newSession(user, fields)
  const outcome = await store.sessions.open({ session, expected: expectedOf(user) }, {})
  expectEqual(outcome, 'opened', 'sessions.open')
  return session
}

/** What a sign-in of this person proved. */
export function expectedOf(user: User): {
  readonly email: string
  readonly passwordVersion: number
} {
  return { email: user.email, passwordVersion: user.passwordVersion }
}

/** Issues a code. */
export async function issue(
  { store, make }: ContractContext,
  fields: Partial<CodeRecord> = {},
): Promise<CodeRecord> {
  const code = make.newCode(fields)
  await store.codes.issue(code, {})
  return code
}

/** The session as it is stored. */
export async function storedSession(
  { store }: ContractContext,
  session: { readonly id: string },
): Promise<SessionRecord> {
  const found = await store.sessions.find(session.id)
  return present(found, 'sessions.find of a session that was opened').session
}

/** The person as they are stored. */
export async function storedUser(
  { store }: ContractContext,
  user: { readonly id: string },
): Promise<User> {
  return present(await store.users.findById(user.id), 'users.findById of a registered person')
}

/** Ids in their order, for lists whose order is not told. */
export function sortedIds(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map((row) => row.id).toSorted()
}
