import type { AppModel, NewUser, User, UserStore } from '@mindmesh/auth/ports'
import { issue, openSession, register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

const markVerified =
  (outcome: 'verified' | 'stale', fields: Partial<NewUser>, email?: string): Arrange =>
  async (context) => {
    const user = await register(context, fields)
    const input = { userId: user.id, email: email ?? user.email, at: context.make.at(5) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => context.store.users.markEmailVerified(input, effects),
    }
  }

const changeEmail =
  (
    outcome: 'changed' | 'email_taken' | 'stale',
    inputOf: (context: ContractContext, user: User) => Promise<Partial<Input<'changeEmail'>>>,
  ): Arrange =>
  async (context) => {
    const { make, store } = context
    const user = await register(context)
    await openSession(context, user)
    await issue(context, { userId: user.id, subject: user.id })
    const input: Input<'changeEmail'> = {
      userId: user.id,
      from: user.email,
      to: 'new@example.com',
      displayEmail: 'New@Example.com',
      at: make.at(5),
      reason: 'email_changed',
      keepPurposes: [],
      reservation: make.reservation(),
      ...(await inputOf(context, user)),
    }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => store.users.changeEmail(input, effects),
    }
  }

const setPassword =
  (
    outcome: 'set' | 'stale',
    inputOf: (context: ContractContext, user: User) => Partial<Input<'setPassword'>>,
  ): Arrange =>
  async (context) => {
    const user = await register(context)
    await openSession(context, user)
    await issue(context, { userId: user.id, subject: user.id })
    const input: Input<'setPassword'> = {
      userId: user.id,
      passwordVersion: user.passwordVersion,
      passwordHash: '$argon2id$another',
      at: context.make.at(5),
      keepSessionId: null,
      keepPurposes: [],
      unlinkAccounts: false,
      reason: 'password_reset',
      ...inputOf(context, user),
    }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => context.store.users.setPassword(input, effects),
    }
  }

const block =
  (outcome: 'blocked' | 'stale', isBlocked: boolean, stranger = false): Arrange =>
  async (context) => {
    const { store, make } = context
    const user = await register(context)
    await openSession(context, user)
    await issue(context, { userId: user.id, subject: user.id })
    const input = { userId: user.id, at: make.at(1), reason: 'fraud', keepPurposes: [] }
    if (isBlocked) await store.users.block(input, {})
    const again = { ...input, at: make.at(9), reason: 'other' }
    const target = stranger ? { ...again, userId: make.id() } : again
    return {
      userId: user.id,
      outcome,
      act: async (effects) => store.users.block(target, effects),
    }
  }

const unblock =
  (outcome: 'unblocked' | 'stale', isBlocked: boolean, stranger = false): Arrange =>
  async (context) => {
    const { store, make } = context
    const user = await register(context)
    const blocked = { userId: user.id, at: make.at(1), reason: 'fraud', keepPurposes: [] }
    if (isBlocked) await store.users.block(blocked, {})
    const input = { userId: stranger ? make.id() : user.id, at: make.at(5) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => store.users.unblock(input, effects),
    }
  }

const deletePerson =
  (outcome: 'deleted' | 'gone', stranger: boolean): Arrange =>
  async (context) => {
    const { store, make } = context
    const user = await register(context)
    await openSession(context, user)
    await issue(context, { userId: user.id, subject: user.id })
    await store.events.append([make.event({ userId: user.id })])
    const userId = stranger ? make.id() : user.id
    return {
      userId: null,
      outcome,
      act: async (effects) => store.users.delete(userId, effects),
    }
  }

/** The changes of a person that already is there. */
export const userChanges: readonly Change[] = [
  {
    name: 'users.markEmailVerified',
    operation: 'users.markEmailVerified',
    group: 'users',
    win: markVerified('verified', {}),
    lose: {
      'the address is verified already': markVerified('stale', {
        emailVerifiedAt: new Date('2026-02-01T00:00:00.001Z'),
      }),
      'the address is another by now': markVerified('stale', {}, 'earlier@example.com'),
      'the address is of another person': async (context) => {
        const { email } = await register(context)
        return markVerified('stale', {}, email)(context)
      },
    },
  },
  {
    name: 'users.changeEmail',
    operation: 'users.changeEmail',
    group: 'users',
    win: changeEmail('changed', async () => ({})),
    lose: {
      'the address is another by now': changeEmail('stale', async () => ({
        from: 'earlier@example.com',
      })),
      'the person is unknown': changeEmail('stale', async ({ make }) => ({ userId: make.id() })),
      'another person has the address': changeEmail('email_taken', async (context) => ({
        to: (await register(context)).email,
      })),
      'a live code of another person reserves the address': changeEmail(
        'email_taken',
        async (context) => {
          const other = await register(context)
          const { purpose, subject } = await issue(context, { userId: other.id })
          return { reservation: { purpose, subject, now: context.now } }
        },
      ),
    },
  },
  {
    name: 'users.setPassword',
    operation: 'users.setPassword',
    group: 'users',
    win: setPassword('set', () => ({})),
    lose: {
      'the password is of a later version': setPassword('stale', (_, user) => ({
        passwordVersion: user.passwordVersion - 1,
      })),
      'the password is of an earlier version': setPassword('stale', (_, user) => ({
        passwordVersion: user.passwordVersion + 1,
      })),
      'the person is unknown': setPassword('stale', ({ make }) => ({ userId: make.id() })),
    },
  },
  {
    name: 'users.block',
    operation: 'users.block',
    group: 'users',
    win: block('blocked', false),
    lose: {
      'the person is blocked already': block('stale', true),
      'the person is unknown': block('stale', false, true),
    },
  },
  {
    name: 'users.unblock',
    operation: 'users.unblock',
    group: 'users',
    win: unblock('unblocked', true),
    lose: {
      'the person is not blocked': unblock('stale', false),
      'the person is unknown': unblock('stale', true, true),
    },
  },
  {
    name: 'users.delete',
    operation: 'users.delete',
    group: 'users',
    win: deletePerson('deleted', false),
    lose: { 'the person is unknown': deletePerson('gone', true) },
  },
]
