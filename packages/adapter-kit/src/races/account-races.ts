import type { AccountRecord, User } from '@mindmesh/auth/ports'
import { register, storedUser } from '../arrange.ts'
import type { ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { defineRace, eventsOf, expectOneWinner, RACERS, type Race } from './race.ts'

/** Somebody without a password, with two identities. */
interface TwoWaysIn {
  readonly user: User
  readonly accounts: readonly [AccountRecord, AccountRecord]
}

async function prepareTwoWaysIn(context: ContractContext): Promise<TwoWaysIn> {
  const { store, make } = context
  const user = await register(context, { passwordHash: null })
  const accounts = [make.account(user), make.account(user, { provider: 'google' })] as const
  for (const account of accounts) await store.accounts.link({ account, expected: null }, {})
  return { user, accounts }
}

/** Races for an identity. */
export const accountRaces: readonly Race[] = [
  defineRace({
    name: 'accounts.link: of many people who link one identity exactly one gets it',
    group: 'accounts',
    prepare: async (context) => {
      const people: User[] = []
      for (let i = 0; i < RACERS; i += 1) people.push(await register(context))
      return { people, subject: context.make.account({ id: context.make.id() }).subject }
    },
    call: async ({ store, make }, { people, subject }, index) => {
      const user = people[index]
      if (user === undefined) throw new RangeError('There is one person for each caller.')
      const account = make.account(user, { subject })
      const events = [make.event({ userId: user.id })]
      return store.accounts.link({ account, expected: null }, { events })
    },
    judge: async (context, { people, subject }, outcomes: readonly string[]) => {
      const winner = expectOneWinner(outcomes, { won: 'linked', lost: 'account_taken' })
      const owner = await context.store.accounts.findUser({ provider: 'github', subject })
      expectEqual(owner?.id, people[winner]?.id, 'whose identity it is')
      const counts = people.map(async ({ id }) => (await eventsOf(context, id)).length)
      const sum = (await Promise.all(counts)).reduce((total, count) => total + count, 0)
      expectEqual(sum, 1, 'how many events there are')
    },
  }),
  defineRace({
    name: 'accounts.unlink: of the last two ways in, unlinked at once, one stays',
    group: 'accounts',
    prepare: prepareTwoWaysIn,
    call: async ({ store, make }, { user, accounts }, index) => {
      const { provider, subject } = accounts[index % 2 === 0 ? 0 : 1]
      const input = { userId: user.id, provider, subject, at: make.at(5) }
      return store.accounts.unlink(input, { events: [make.event({ userId: user.id })] })
    },
    judge: async (context, { user }, outcomes: readonly string[]) => {
      expectEqual(countOf(outcomes, 'unlinked'), 1, 'how many were told unlinked')
      const refused = countOf(outcomes, 'last_way_in') + countOf(outcomes, 'not_found')
      expectEqual(refused, RACERS - 1, 'how many were refused')
      const left = await context.store.accounts.listByUser(user.id)
      expectEqual(left.length, 1, 'how many ways in are left')
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  }),
  defineRace({
    name: 'accounts.claim: of many at once exactly one claims',
    group: 'accounts',
    prepare: register,
    call: async ({ store, make }, user, _index) => {
      const { email } = user
      const account = make.account(user)
      const input = { account, email, at: make.at(5), reason: 'account_claimed' as const }
      return store.accounts.claim(input, { events: [make.event({ userId: user.id })] })
    },
    judge: async (context, user, outcomes: readonly string[]) => {
      expectOneWinner(outcomes, { won: 'claimed', lost: 'stale' })
      const accounts = await context.store.accounts.listByUser(user.id)
      expectEqual(accounts.length, 1, 'how many identities there are')
      const { passwordVersion } = await storedUser(context, user)
      expectEqual(passwordVersion, user.passwordVersion + 1, 'the version of the password')
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  }),
]
