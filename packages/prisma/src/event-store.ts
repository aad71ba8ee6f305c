import type { AuthEvent, EventStore } from '@mindmesh/auth/ports'
import type { EventRow } from './client.ts'
import { fromJson } from './columns.ts'
import { read, write, type PrismaDatabase } from './database.ts'
import { writeEffects } from './effects.ts'

/** The record of sensitive actions. */
export function eventStore(db: PrismaDatabase): EventStore {
  return {
    append: async (events, mails = []) =>
      write(db, 'events.append', async (tx) => writeEffects(db, tx, { events, mails })),
    list: async ({ userId, type, from, before, limit }) =>
      read(db, 'events.list', async ({ authEvent }) => {
        const rows = await authEvent.findMany({
          where: {
            ...(userId === null ? {} : { userId }),
            ...(type === null ? {} : { type }),
            id: {
              ...(from === null ? {} : { gte: from }),
              ...(before === null ? {} : { lt: before }),
            },
          },
          orderBy: [{ id: 'desc' }],
          take: limit,
        })
        return rows.map(eventOf)
      }),
  }
}

function eventOf(row: EventRow): AuthEvent {
  return { ...row, metadata: fromJson(row.metadata) }
}
