import type { AppModel, ImportedPerson } from '@mindmesh/auth/ports'
import { register } from '../arrange.ts'
import { personOf } from '../cases/import-cases.ts'
import { addressChange } from '../cases/user-cases.ts'
import { countOf, expectEqual } from '../expect.ts'
import { defineRace, eventsOf, RACERS, type Race } from './race.ts'

/** Races of imports. */
export const importRaces: readonly Race[] = [
  defineRace({
    name: 'users.importMany: of many imports at once each person is written by one',
    group: 'users',
    prepare: async (context) =>
      Array.from({ length: 5 }, () => personOf(context, { accounts: [{}] })),
    call: async ({ store, make }, start: readonly ImportedPerson<AppModel>[], index) => {
      const people = start.map((person) => ({
        ...person,
        effects: { events: [make.event({ userId: person.user.id })] },
      }))
      // Half of them in the other order, and all but a few with one person left out.
      const order = index % 2 === 0 ? people : people.toReversed()
      return store.users.importMany({ people: order.toSpliced(index % 6, 1), isTrial: false })
    },
    judge: async (context, start, outcomes: readonly (readonly string[])[]) => {
      const statuses = outcomes.flat()
      const imported = statuses.filter((status) => status === 'imported').length
      const present = statuses.filter((status) => status === 'present').length
      expectEqual(imported, start.length, 'how many were imported')
      expectEqual(present, statuses.length - start.length, 'how many were there')
      for (const { user, accounts } of start) {
        expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
        const stored = await context.store.accounts.listByUser(user.id)
        expectEqual(stored, accounts, 'the accounts')
      }
    },
  }),
  defineRace({
    name: 'users.importMany: an address that its owner is leaving and reserves goes to nobody',
    group: 'users',
    prepare: async (context) => {
      const user = await register(context)
      return { user, code: context.make.newCode({ userId: user.id, subject: user.id }) }
    },
    call: async (context, { user, code }, index): Promise<string> => {
      const { store, now } = context
      if (index === RACERS / 2) {
        await store.users.changeEmail(addressChange(context, user), { codes: [code] })
        return 'email_taken'
      }
      const reservation = { purpose: code.purpose, subject: code.subject, now }
      const person = personOf(context, { user: { email: user.email }, reservation })
      const [status] = await store.users.importMany({ people: [person], isTrial: false })
      return status ?? 'nothing'
    },
    judge: async (context, { user }, outcomes: readonly string[]) => {
      expectEqual(countOf(outcomes, 'email_taken'), RACERS, 'how many were refused')
      expectEqual(await context.store.users.findByEmail(user.email), null, 'the address left')
    },
  }),
]
