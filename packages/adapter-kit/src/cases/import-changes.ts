import type { AppModel, ImportedPerson } from '@mindmesh/auth/ports'
import { issue, register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'
import { personOf } from './import-cases.ts'

const importing =
  (
    outcome: string,
    arrange: (context: ContractContext) => Promise<ImportedPerson<AppModel>>,
  ): Arrange =>
  async (context) => {
    const person = await arrange(context)
    return {
      userId: person.user.id,
      outcome,
      act: async (effects) => {
        const people = [{ ...person, effects }]
        return (await context.store.users.importMany({ people, isTrial: false }))[0]
      },
    }
  }

/** Moving in from another system. */
export const importChanges: readonly Change[] = [
  {
    name: 'users.importMany',
    operation: 'users.importMany',
    group: 'users',
    win: importing('imported', async (context) => personOf(context, { accounts: [{}] })),
    lose: {
      'they are there already': importing('present', async (context) => {
        const { id } = await register(context)
        return personOf(context, { user: { id } })
      }),
      'the address is taken': importing('email_taken', async (context) => {
        const { email } = await register(context)
        return personOf(context, { user: { email } })
      }),
      'a live code of another person reserves the address': importing(
        'email_taken',
        async (context) => {
          const other = await register(context)
          const { purpose, subject } = await issue(context, { userId: other.id })
          return personOf(context, { reservation: { purpose, subject, now: context.now } })
        },
      ),
      'the account is taken': importing('account_taken', async (context) => {
        const { make } = context
        await register(context, {}, (user) => make.account(user, { subject: 'octocat' }))
        return personOf(context, { accounts: [{ subject: 'octocat' }] })
      }),
    },
  },
]
