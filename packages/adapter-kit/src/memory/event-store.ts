import type { EventStore } from '@mindmesh/auth/ports'
import { writeEffects } from './effects.ts'
import type { Tables } from './tables.ts'

/** The record of sensitive actions. */
export function eventStore(tables: Tables): EventStore {
  return {
    append: async (events, mails = []) =>
      tables.write('events.append', { events, mails }, writeEffects),
    list: async ({ userId, type, from, before, limit }) =>
      tables.read((rows) =>
        [...rows.events.values()]
          .filter(
            (e) =>
              (userId === null || e.userId === userId) &&
              (type === null || e.type === type) &&
              (from === null || e.id >= from) &&
              (before === null || e.id < before),
          )
          .toSorted((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit),
      ),
  }
}
