import type { User } from '@mindmesh/auth/ports'
import { register, storedUser } from '../arrange.ts'
import { addressChange, blocking, passwordChange } from '../cases/user-cases.ts'
import type { ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'
import { defineRace, eventsOf, expectOneWinner, type Race } from './race.ts'

type Effects = { readonly events: readonly ReturnType<ContractContext['make']['event']>[] }

/** The same change of one person by many: one wins, the others write nothing. */
function changing(
  name: string,
  { won, lost = 'stale' }: { readonly won: string; readonly lost?: string },
  change: (context: ContractContext, user: User, effects: Effects) => Promise<string>,
  prepare: (context: ContractContext) => Promise<User> = register,
): Race {
  return defineRace({
    name: `${name}: of many at once exactly one is told ${won}`,
    group: 'users',
    prepare,
    call: async (context, user, _index) =>
      change(context, user, { events: [context.make.event({ userId: user.id })] }),
    judge: async (context, user, outcomes: readonly string[]) => {
      expectOneWinner(outcomes, { won, lost })
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  })
}

/** Races for a change of a person. */
export const userRaces: readonly Race[] = [
  changing('users.markEmailVerified', { won: 'verified' }, async (context, user, effects) =>
    context.store.users.markEmailVerified(
      { userId: user.id, email: user.email, at: context.now },
      effects,
    ),
  ),
  changing('users.block', { won: 'blocked' }, async (context, user, effects) =>
    context.store.users.block(blocking(context, user), effects),
  ),
  changing(
    'users.unblock',
    { won: 'unblocked' },
    async ({ store, make }, user, effects) =>
      store.users.unblock({ userId: user.id, at: make.at(9) }, effects),
    async (context) => {
      const user = await register(context)
      await context.store.users.block(blocking(context, user), {})
      return user
    },
  ),
  changing('users.changeEmail', { won: 'changed' }, async (context, user, effects) =>
    context.store.users.changeEmail(
      { ...addressChange(context, user), to: context.make.newUser().email },
      effects,
    ),
  ),
  changing('users.delete', { won: 'deleted', lost: 'gone' }, async ({ store }, user, effects) =>
    store.users.delete(user.id, effects),
  ),
  defineRace({
    name: 'users.setPassword: of many at once exactly one sets',
    group: 'users',
    prepare: register,
    call: async (context, user, index) => {
      const input = { ...passwordChange(context, user), passwordHash: `$argon2id$${index}` }
      const events = [context.make.event({ userId: user.id })]
      return context.store.users.setPassword(input, { events })
    },
    judge: async (context, user, outcomes: readonly string[]) => {
      const winner = expectOneWinner(outcomes, { won: 'set', lost: 'stale' })
      const { passwordVersion } = await storedUser(context, user)
      expectEqual(passwordVersion, user.passwordVersion + 1, 'the version')
      const found = await context.store.users.findCredentials(user.id)
      expectEqual(found?.passwordHash, `$argon2id$${winner}`, "the winner's hash")
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  }),
  defineRace({
    name: 'users.upgradePasswordHash: of many at once exactly one upgrades',
    group: 'users',
    prepare: async (context) => register(context, { passwordHash: '$2b$old' }),
    call: async ({ store }, { id }, index) =>
      store.users.upgradePasswordHash({ userId: id, from: '$2b$old', to: `$argon2id$${index}` }),
    judge: async (context, user, outcomes: readonly string[]) => {
      const winner = expectOneWinner(outcomes, { won: 'upgraded', lost: 'stale' })
      const found = await context.store.users.findCredentials(user.id)
      expectEqual(found?.passwordHash, `$argon2id$${winner}`, "the winner's hash")
    },
  }),
]
