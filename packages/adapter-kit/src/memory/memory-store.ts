import type { AuthStore } from '@mindmesh/auth/ports'
import { accountStore } from './account-store.ts'
import { codeStore } from './code-store.ts'
import { eventStore } from './event-store.ts'
import type { MemoryModel } from './model.ts'
import { outboxStore } from './outbox-store.ts'
import { deleteExpired } from './prune.ts'
import { rateLimitStore } from './rate-limit-store.ts'
import { sessionStore } from './session-store.ts'
import { createTables, type Rows } from './tables.ts'
import { userStore } from './user-store.ts'

/** The reference store, with a look at its rows for tests. */
export interface MemoryStore<Profile extends object = object> extends AuthStore<
  MemoryModel<Profile>
> {
  /** A copy of every row. */
  dump(): Promise<Rows<Profile>>
}

/**
 * Keeps everything in memory: the executable specification of the port. Each call is one step that no other comes
 * between. For tests; nothing survives the process.
 */
export function memoryStore<Profile extends object = object>(): MemoryStore<Profile> {
  const tables = createTables<Profile>()
  return {
    users: userStore(tables),
    sessions: sessionStore(tables),
    codes: codeStore(tables),
    accounts: accountStore(tables),
    rateLimits: rateLimitStore(tables),
    events: eventStore(tables),
    outbox: outboxStore(tables),
    deleteExpired: async (input) => tables.write('deleteExpired', input, deleteExpired),
    assertSchema: async () => undefined,
    dump: async () => tables.read((rows) => rows),
  }
}
