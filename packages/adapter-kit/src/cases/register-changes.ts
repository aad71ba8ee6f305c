import type { AccountRecord, NewUser, Reservation } from '@mindmesh/auth/ports'
import { issue, register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'

/** What stands in the way of a registration. */
interface Obstacle {
  readonly user?: Partial<NewUser>
  readonly reservation?: Reservation
  readonly account?: (user: NewUser) => AccountRecord
}

const registering =
  (
    outcome: 'registered' | 'email_taken' | 'account_taken',
    arrange: (context: ContractContext) => Promise<Obstacle>,
  ): Arrange =>
  async (context) => {
    const { store, make } = context
    const obstacle = await arrange(context)
    const user = make.newUser(obstacle.user)
    const input = {
      user,
      profile: make.profile(),
      account: obstacle.account?.(user) ?? make.account(user),
      reservation: obstacle.reservation ?? make.reservation(),
    }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => (await store.users.register(input, effects)).status,
    }
  }

/** Registration. */
export const registerChanges: readonly Change[] = [
  {
    name: 'users.register',
    operation: 'users.register',
    group: 'users',
    win: registering('registered', async () => ({})),
    lose: {
      'the address is taken': registering('email_taken', async (context) => ({
        user: { email: (await register(context)).email },
      })),
      'a live code of another person reserves the address': registering(
        'email_taken',
        async (context) => {
          const other = await register(context)
          const { purpose, subject } = await issue(context, { userId: other.id })
          return { reservation: { purpose, subject, now: context.now } }
        },
      ),
      'the account is taken': registering('account_taken', async (context) => {
        const { make } = context
        await register(context, {}, (user) => make.account(user, { subject: 'octocat' }))
        return { account: (user) => make.account(user, { subject: 'octocat' }) }
      }),
    },
  },
]
