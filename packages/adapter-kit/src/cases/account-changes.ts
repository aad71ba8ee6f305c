import type { AccountRecord, AccountStore, AppModel, NewUser, User } from '@mindmesh/auth/ports'
import { register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'
import { blocking } from './user-cases.ts'

type Input<Method extends 'link' | 'claim' | 'unlink'> = Parameters<
  AccountStore<AppModel>[Method]
>[0]

const linking =
  (
    outcome: 'linked' | 'account_taken' | 'stale',
    fields: Partial<NewUser>,
    inputOf: (context: ContractContext, user: User) => Promise<Partial<Input<'link'>>>,
  ): Arrange =>
  async (context) => {
    const user = await register(context, fields)
    const account = context.make.account(user)
    const input = { account, expected: null, ...(await inputOf(context, user)) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => context.store.accounts.link(input, effects),
    }
  }

const claiming =
  (
    outcome: 'claimed' | 'account_taken' | 'stale',
    fields: Partial<NewUser>,
    inputOf: (context: ContractContext, user: User) => Promise<Partial<Input<'claim'>>>,
  ): Arrange =>
  async (context) => {
    const user = await register(context, fields)
    const right = {
      account: context.make.account(user),
      email: user.email,
      at: context.make.at(5),
      reason: 'account_claimed' as const,
    }
    const input = { ...right, ...(await inputOf(context, user)) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => context.store.accounts.claim(input, effects),
    }
  }

const unlinking =
  (
    outcome: 'unlinked' | 'last_way_in' | 'not_found',
    fields: Partial<NewUser>,
    inputOf: (context: ContractContext) => Promise<Partial<Input<'unlink'>>>,
  ): Arrange =>
  async (context) => {
    const { store, make } = context
    const user = await register(context, fields)
    const account = make.account(user)
    await store.accounts.link({ account, expected: null }, {})
    const { provider, subject } = account
    const right = { userId: user.id, provider, subject, at: make.at(5) }
    const input = { ...right, ...(await inputOf(context)) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => store.accounts.unlink(input, effects),
    }
  }

/** An identity that another person has, to be given to this one. */
async function takenBy(context: ContractContext, user: User): Promise<AccountRecord> {
  const other = await register(context)
  const account = context.make.account(other)
  await context.store.accounts.link({ account, expected: null }, {})
  return { ...account, userId: user.id }
}

async function block(context: ContractContext, user: User): Promise<object> {
  await context.store.users.block(blocking(context, user), {})
  return {}
}

const nothing = async (): Promise<object> => ({})

/** The changes of identities. */
export const accountChanges: readonly Change[] = [
  {
    name: 'accounts.link',
    operation: 'accounts.link',
    group: 'accounts',
    win: linking('linked', {}, nothing),
    lose: {
      'another person has the identity': linking('account_taken', {}, async (context, user) => ({
        account: await takenBy(context, user),
      })),
      'the person is blocked': linking('stale', {}, block),
      'the person is unknown': linking('stale', {}, async ({ make }) => ({
        account: make.account({ id: make.id() }),
      })),
      'the address is not verified': linking('stale', {}, async (_, user) => ({
        expected: { email: user.email, passwordVersion: user.passwordVersion },
      })),
      'the address is another by now': linking(
        'stale',
        { emailVerifiedAt: new Date('2026-01-01T00:00:00Z') },
        async (_, { passwordVersion }) => ({
          expected: { email: 'earlier@example.com', passwordVersion },
        }),
      ),
      'the password is another by now': linking(
        'stale',
        { emailVerifiedAt: new Date('2026-01-01T00:00:00Z') },
        async (_, { email, passwordVersion }) => ({
          expected: { email, passwordVersion: passwordVersion - 1 },
        }),
      ),
    },
  },
  {
    name: 'accounts.claim',
    operation: 'accounts.claim',
    group: 'accounts',
    win: claiming('claimed', {}, nothing),
    lose: {
      'another person has the identity': claiming('account_taken', {}, async (context, user) => ({
        account: await takenBy(context, user),
      })),
      'the address is verified': claiming(
        'stale',
        { emailVerifiedAt: new Date('2026-01-01T00:00:00Z') },
        nothing,
      ),
      'the address is another by now': claiming('stale', {}, async () => ({
        email: 'earlier@example.com',
      })),
      'the address is of another person': claiming('stale', {}, async (context) => ({
        email: (await register(context)).email,
      })),
      'the person is blocked': claiming('stale', {}, block),
    },
  },
  {
    name: 'accounts.unlink',
    operation: 'accounts.unlink',
    group: 'accounts',
    win: unlinking('unlinked', {}, nothing),
    lose: {
      'it is the last way in': unlinking('last_way_in', { passwordHash: null }, nothing),
      'the identity is unknown': unlinking('not_found', {}, async () => ({ subject: 'nobody' })),
      'the identity is of another person': unlinking('not_found', {}, async (context) => ({
        userId: (await register(context)).id,
      })),
    },
  },
]
