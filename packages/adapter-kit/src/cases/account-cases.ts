import type { AccountRecord, NewUser, User } from '@mindmesh/auth/ports'
import { issue, openSession, register, storedSession, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectColumns, expectEqual, present } from '../expect.ts'
import { AWKWARD } from './texts.ts'

async function link(
  { store }: ContractContext,
  account: AccountRecord,
  expected: { readonly email: string; readonly passwordVersion: number } | null = null,
): Promise<string> {
  return store.accounts.link({ account, expected }, {})
}

/** Registers somebody without a password and links so many identities. */
async function withAccounts(
  context: ContractContext,
  count: number,
  fields: Partial<NewUser> = { passwordHash: null },
): Promise<{ readonly user: User; readonly accounts: readonly AccountRecord[] }> {
  const user = await register(context, fields)
  const accounts: AccountRecord[] = []
  for (let i = 0; i < count; i += 1) {
    const account = context.make.account(user, { createdAt: context.make.at(i) })
    expectEqual(await link(context, account), 'linked', 'accounts.link')
    accounts.push(account)
  }
  return { user, accounts }
}

/** What the changes of identities write, and the queries on them. */
export const accountCases: readonly ContractCase[] = casesOf('accounts', {
  'accounts.link: what was written reads back equal': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const account = make.account(user, { email: AWKWARD, createdAt: make.at(-1) })
    expectEqual(await link(context, account), 'linked', 'accounts.link')
    expectEqual(await store.accounts.listByUser(user.id), [account], 'accounts.listByUser')
    const found = await store.accounts.findUser(account)
    expectEqual(found, await storedUser(context, user), 'accounts.findUser')
  },
  'accounts.link: with the expected address and password, where it is verified': async (
    context,
  ) => {
    const { make } = context
    const user = await register(context, { emailVerifiedAt: make.at(-1) })
    expectEqual(await link(context, make.account(user), user), 'linked', 'accounts.link')
  },
  'accounts.findUser: nobody is null, and subjects that differ in case are others': async (
    context,
  ) => {
    const { store, make } = context
    const user = await register(context)
    const account = make.account(user, { subject: 'Octo' })
    await link(context, account)
    const { provider } = account
    expectEqual(await store.accounts.findUser({ provider, subject: 'octo' }), null, 'other case')
    const elsewhere = { provider: 'google', subject: account.subject }
    expectEqual(await store.accounts.findUser(elsewhere), null, 'another provider')
  },
  'accounts.listByUser: oldest first, of this person alone': async (context) => {
    const { user, accounts } = await withAccounts(context, 3)
    await withAccounts(context, 1)
    expectEqual(await context.store.accounts.listByUser(user.id), accounts, 'the identities')
  },
  'accounts.claim: takes the password away and verifies the address': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const session = await openSession(context, user)
    const code = await issue(context, { userId: user.id, subject: user.id })
    const account = make.account(user)
    const at = make.at(5)
    const input = { account, email: user.email, at, reason: 'account_claimed' as const }
    expectEqual(await store.accounts.claim(input, {}), 'claimed', 'accounts.claim')
    const passwordVersion = user.passwordVersion + 1
    const changed = { emailVerifiedAt: at, updatedAt: at, passwordVersion }
    expectColumns(await storedUser(context, user), changed, 'the person')
    const credentials = await store.users.findCredentials(user.id)
    expectEqual(credentials?.passwordHash, null, 'the password hash')
    const ended = { ...session, revokedAt: at, revokeReason: 'account_claimed' }
    expectEqual(await storedSession(context, session), ended, 'the session')
    expectEqual(await store.codes.find(code), null, 'the code')
    expectEqual(await store.accounts.listByUser(user.id), [account], 'the identities')
  },
  'accounts.unlink: one of several goes, the others stay': async (context) => {
    const { store, make } = context
    const { user, accounts } = await withAccounts(context, 2)
    const [first, second] = accounts
    const { provider, subject } = present(first, 'the first identity')
    const input = { userId: user.id, provider, subject, at: make.at(5) }
    const outcome = await store.accounts.unlink(input, {})
    expectEqual(outcome, 'unlinked', 'accounts.unlink')
    expectEqual(await store.accounts.listByUser(user.id), [second], 'the identities')
    expectEqual(await store.accounts.findUser(input), null, 'accounts.findUser')
  },
  'accounts.unlink: the only one goes where there is a password': async (context) => {
    const { store, make } = context
    const { user, accounts } = await withAccounts(context, 1, {})
    const { provider, subject } = present(accounts[0], 'the identity')
    const input = { userId: user.id, provider, subject, at: make.at(5) }
    expectEqual(await store.accounts.unlink(input, {}), 'unlinked', 'accounts.unlink')
  },
})
