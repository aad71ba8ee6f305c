import type { AccountRecord, AppModel, ImportedPerson } from '@mindmesh/auth/ports'
import { issue, register, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectColumns, expectEqual } from '../expect.ts'
import { listEvents, snapshotOf } from '../written.ts'

/** What may differ about somebody who is imported. */
interface Fields {
  readonly user?: Partial<ImportedPerson<AppModel>['user']>
  readonly accounts?: readonly Partial<AccountRecord>[]
  readonly reservation?: ImportedPerson<AppModel>['reservation']
}

/** Somebody who comes from another system, with one event. */
export function personOf({ make }: ContractContext, fields: Fields = {}): ImportedPerson<AppModel> {
  const user = { ...make.newUser(), blockedAt: null, blockedReason: null, ...fields.user }
  return {
    user,
    profile: make.profile(),
    accounts: (fields.accounts ?? []).map((account) => make.account(user, account)),
    reservation: fields.reservation ?? make.reservation(),
    effects: { events: [make.event({ userId: user.id })] },
  }
}

async function importPeople(
  { store }: ContractContext,
  people: readonly ImportedPerson<AppModel>[],
  isTrial = false,
): Promise<readonly string[]> {
  return store.users.importMany({ people, isTrial })
}

/** Moving in from another system. */
export const importCases: readonly ContractCase[] = casesOf('users', {
  'users.importMany: nobody is an answer too': async (context) =>
    expectEqual(await importPeople(context, []), [], 'users.importMany'),
  'users.importMany: what was written reads back equal, a block and identities included': async (
    context,
  ) => {
    const { store, make } = context
    const fields = {
      user: {
        emailVerifiedAt: make.at(-7),
        createdAt: make.at(-99),
        blockedAt: make.at(-5),
        blockedReason: 'spam',
      },
      accounts: [{ createdAt: make.at(-3) }, { provider: 'google', createdAt: make.at(-2) }],
    }
    const [person, plain] = [
      personOf(context, fields),
      personOf(context, { user: { passwordHash: null } }),
    ]
    expectEqual(await importPeople(context, [person, plain]), ['imported', 'imported'], 'the call')
    const { passwordHash, ...columns } = person.user
    const credentials = await store.users.findForSignIn(person.user.email)
    const expected = { ...columns, lastSignedInAt: null, updatedAt: columns.createdAt }
    expectColumns(credentials?.user, { ...person.profile, ...expected }, 'the user')
    expectEqual(credentials?.passwordHash, passwordHash, 'the password hash')
    const accounts = await store.accounts.listByUser(person.user.id)
    expectEqual(accounts, person.accounts, 'the accounts')
    expectEqual((await store.users.findCredentials(plain.user.id))?.passwordHash, null, 'no hash')
    const events = [...(plain.effects.events ?? []), ...(person.effects.events ?? [])]
    expectEqual(await listEvents(context), events, 'the events')
  },
  'users.importMany: each is told apart, and those who are refused write nothing': async (
    context,
  ) => {
    const { store } = context
    const there = await register(context, {}, (user) =>
      context.make.account(user, { subject: 'octocat' }),
    )
    const before = await storedUser(context, there)
    const free = personOf(context, { accounts: [{}] })
    const people = [
      personOf(context, { user: { id: there.id, displayEmail: 'Other@Example.com' } }),
      personOf(context, { user: { email: there.email } }),
      free,
      personOf(context, { accounts: [{ subject: 'octocat' }] }),
    ]
    const expected = ['present', 'email_taken', 'imported', 'account_taken']
    expectEqual(await importPeople(context, people), expected, 'the statuses')
    expectEqual(await storedUser(context, there), before, 'who was there')
    const list = await store.users.list({ after: null, limit: 10 })
    const ids = [there.id, free.user.id].toSorted()
    expectEqual(
      list.map(({ id }) => id),
      ids,
      'the people',
    )
    expectEqual(await listEvents(context), free.effects.events, 'the events')
  },
  'users.importMany: again it changes nothing': async (context) => {
    const people = [personOf(context, { accounts: [{}] }), personOf(context)]
    await importPeople(context, people)
    const before = await snapshotOf(context)
    expectEqual(await importPeople(context, people), ['present', 'present'], 'the second time')
    expectEqual(await snapshotOf(context), before, 'what is stored')
  },
  'users.importMany: of two in one call the first wins': async (context) => {
    const first = personOf(context, { accounts: [{ subject: 'octocat' }] })
    const { id, email } = first.user
    const people = [
      first,
      personOf(context, { user: { id } }),
      personOf(context, { user: { email } }),
      personOf(context, { accounts: [{ subject: 'octocat' }] }),
      personOf(context, { accounts: [{ subject: 'twice' }, { subject: 'twice' }] }),
    ]
    const expected = ['imported', 'present', 'email_taken', 'account_taken', 'account_taken']
    expectEqual(await importPeople(context, people), expected, 'the statuses')
    expectEqual((await listEvents(context)).length, 1, 'how many events there are')
  },
  'users.importMany: an address that a live code of another person reserves is taken': async (
    context,
  ) => {
    const { make, now } = context
    const other = await register(context)
    const { purpose, subject } = await issue(context, { userId: other.id })
    const reserved = personOf(context, { reservation: { purpose, subject, now } })
    const past = await issue(context, { userId: other.id, expiresAt: make.at(0) })
    const place = { purpose: past.purpose, subject: past.subject, now }
    const people = [reserved, personOf(context, { reservation: place })]
    expectEqual(await importPeople(context, people), ['email_taken', 'imported'], 'the statuses')
  },
  'users.importMany: a trial gives the same statuses and writes nothing': async (context) => {
    const there = await register(context)
    const first = personOf(context)
    const people = [
      first,
      personOf(context, { user: { email: there.email } }),
      personOf(context, { user: { email: first.user.email } }),
    ]
    const before = await snapshotOf(context)
    const trial = await importPeople(context, people, true)
    expectEqual(trial, ['imported', 'email_taken', 'email_taken'], 'the statuses')
    expectEqual(await snapshotOf(context), before, 'what is stored')
    expectEqual(await importPeople(context, people), trial, 'in earnest')
  },
  'users.importMany: five hundred at once': async (context) => {
    const people = Array.from({ length: 500 }, () => personOf(context, { accounts: [{}] }))
    const statuses = await importPeople(context, people)
    expectEqual(new Set(statuses), new Set(['imported']), 'the statuses')
    const list = await context.store.users.list({ after: null, limit: 1000 })
    expectEqual(
      list.map(({ id }) => id),
      people.map(({ user }) => user.id),
      'the people',
    )
  },
})
