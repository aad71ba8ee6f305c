import type { AppModel, ImportedPerson } from '@mindmesh/auth/ports'
import { personOf } from '../cases/import-cases.ts'
import { expectEqual } from '../expect.ts'
import { defineRace, eventsOf, type Race } from './race.ts'

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
]
