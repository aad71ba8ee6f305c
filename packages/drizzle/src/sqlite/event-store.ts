import type { EventStore } from '@mindmesh/auth/ports'
import { and, desc, eq, gte, lt } from 'drizzle-orm'
import { read, write } from './database.ts'
import type { Access } from './effects.ts'
import { authEvents } from './tables.ts'

/** The record of sensitive actions. */
export function eventStore({ db, writer }: Access): EventStore {
  return {
    append: async (events, mails = []) =>
      write(db, 'events.append', () => writer.write({ events, mails })),
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
          .limit(limit)
          .all(),
      ),
  }
}
