import type { EventStore } from '@mindmesh/auth/ports'
import { and, desc, eq, gte, lt } from 'drizzle-orm'
import { read, type Access } from './database.ts'
import { effectSlots, effectsStatement, effectValues } from './effects.ts'
import { authEvents } from './tables.ts'

/** The record of sensitive actions. */
export function eventStore({ db, prepareWrite }: Access): EventStore {
  const append = prepareWrite('events.append', effectsStatement(db, effectSlots('effect')))
  return {
    append: async (events, mails = []) => {
      await append(effectValues('effect', { events, mails }))
    },
    list: async ({ userId, type, from, before, limit }) =>
      read('events.list', () =>
        db
          .select()
          .from(authEvents)
          .where(
            and(
              userId === null ? undefined : eq(authEvents.userId, userId),
              type === null ? undefined : eq(authEvents.type, type),
              from === null ? undefined : gte(authEvents.id, from),
              before === null ? undefined : lt(authEvents.id, before),
            ),
          )
          .orderBy(desc(authEvents.id))
          .limit(limit),
      ),
  }
}
