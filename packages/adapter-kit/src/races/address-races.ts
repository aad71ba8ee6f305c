import type { CodeRecord, NewUser, User } from '@mindmesh/auth/ports'
import { register } from '../arrange.ts'
import { addressChange } from '../cases/user-cases.ts'
import type { ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { defineRace, eventsOf, expectOneWinner, RACERS, type Race } from './race.ts'

/** What a registration was told, and whom it was to make. */
interface Registration {
  readonly status: 'registered' | 'email_taken' | 'account_taken'
  readonly id: string
}

async function registerAs(
  { store, make }: ContractContext,
  fields: Partial<NewUser>,
  options: { readonly subject?: string; readonly reservation?: Partial<CodeRecord> } = {},
): Promise<Registration> {
  const user = make.newUser(fields)
  const { purpose, subject } = options.reservation ?? {}
  const reservation = make.reservation({
    ...(purpose === undefined ? {} : { purpose }),
    ...(subject === undefined ? {} : { subject }),
  })
  const account = make.account(
    user,
    options.subject === undefined ? {} : { subject: options.subject },
  )
  const input = { user, profile: make.profile(), account, reservation }
  const events = [make.event({ type: 'REGISTRATION_SUCCESS', userId: user.id })]
  const { status } = await store.users.register(input, { events })
  return { status, id: user.id }
}

function statusesOf(registrations: readonly Registration[]): readonly string[] {
  return registrations.map(({ status }) => status)
}

/** Nobody but the winner left a row or an event. */
async function expectTraces(
  context: ContractContext,
  registrations: readonly Registration[],
): Promise<void> {
  for (const { id, status } of registrations) {
    const found = await context.store.users.findById(id)
    const count = status === 'registered' ? 1 : 0
    expectEqual(found === null ? 0 : 1, count, `the row of somebody who was told ${status}`)
    expectEqual((await eventsOf(context, id)).length, count, 'their events')
  }
}

/** Somebody whose address is about to be freed, and the code that reserves it from then on. */
interface Leaving {
  readonly user: User
  readonly code: CodeRecord
}

/** Races for an address or an identity. */
export const addressRaces: readonly Race[] = [
  defineRace({
    name: 'users.register: of many at once for one address exactly one wins',
    group: 'users',
    prepare: async ({ make }) => make.newUser().email,
    call: async (context, email, _index) => registerAs(context, { email }),
    judge: async (context, email, outcomes: readonly Registration[]) => {
      const winner = expectOneWinner(statusesOf(outcomes), {
        won: 'registered',
        lost: 'email_taken',
      })
      const found = await context.store.users.findByEmail(email)
      expectEqual(found?.id, outcomes[winner]?.id, 'who has the address')
      await expectTraces(context, outcomes)
    },
  }),
  defineRace({
    name: 'users.register: of many at once for one account exactly one wins',
    group: 'users',
    prepare: async ({ make }) => make.account({ id: make.id() }).subject,
    call: async (context, subject, _index) => registerAs(context, {}, { subject }),
    judge: async (context, _subject, outcomes: readonly Registration[]) => {
      expectOneWinner(statusesOf(outcomes), { won: 'registered', lost: 'account_taken' })
      await expectTraces(context, outcomes)
    },
  }),
  defineRace({
    name: 'users.register: an address that its owner is leaving and reserves goes to nobody',
    group: 'users',
    prepare: async (context): Promise<Leaving> => {
      const user = await register(context)
      return { user, code: context.make.newCode({ userId: user.id, subject: user.id }) }
    },
    call: async (context, { user, code }, index): Promise<Registration> => {
      if (index !== RACERS / 2) {
        return registerAs(context, { email: user.email }, { reservation: code })
      }
      await context.store.users.changeEmail(addressChange(context, user), { codes: [code] })
      return { status: 'email_taken', id: context.make.id() }
    },
    judge: async (context, { user }, outcomes: readonly Registration[]) => {
      expectEqual(countOf(statusesOf(outcomes), 'email_taken'), RACERS, 'how many were refused')
      expectEqual(await context.store.users.findByEmail(user.email), null, 'the address left')
      await expectTraces(context, outcomes)
    },
  }),
  defineRace({
    name: 'users.changeEmail: of many people who want one address exactly one gets it',
    group: 'users',
    prepare: async (context) => {
      const people: User[] = []
      for (let i = 0; i < RACERS; i += 1) people.push(await register(context))
      return { people, to: context.make.newUser().email }
    },
    call: async (context, { people, to }, index) => {
      const user = people[index]
      if (user === undefined) throw new RangeError('There is one person for each caller.')
      return context.store.users.changeEmail({ ...addressChange(context, user), to }, {})
    },
    judge: async (context, { people, to }, outcomes: readonly string[]) => {
      const winner = expectOneWinner(outcomes, { won: 'changed', lost: 'email_taken' })
      const owner = await context.store.users.findByEmail(to)
      expectEqual(owner?.id, people[winner]?.id, 'who has the address')
    },
  }),
  defineRace({
    name: 'users.changeEmail: against registrations for the address one call of all wins',
    group: 'users',
    prepare: register,
    call: async (context, user, index): Promise<Registration> => {
      const input = addressChange(context, user)
      if (index !== RACERS / 2) return registerAs(context, { email: input.to })
      const outcome = await context.store.users.changeEmail(input, {})
      return { status: outcome === 'changed' ? 'registered' : 'email_taken', id: user.id }
    },
    judge: async (context, user, outcomes: readonly Registration[]) => {
      const winner = expectOneWinner(statusesOf(outcomes), {
        won: 'registered',
        lost: 'email_taken',
      })
      const owner = await context.store.users.findByEmail(addressChange(context, user).to)
      expectEqual(owner?.id, outcomes[winner]?.id, 'who has the address')
    },
  }),
]
