import { memoryStore } from '@mindmesh/auth-adapter-kit'
import type { TestDatabase } from './test-database.ts'

/** The reference store. Emptying it is to begin anew. */
export async function createMemory(): Promise<TestDatabase> {
  let store = memoryStore()
  return {
    place: null,
    openStore: () => store,
    empty: async () => {
      store = memoryStore()
    },
    async rows() {
      const { users, sessions, codes, accounts, events, mails } = await store.dump()
      return {
        users: [...users.values()].map(({ user, passwordHash }) => ({ ...user, passwordHash })),
        sessions: [...sessions.values()],
        codes: [...codes.values()],
        accounts: [...accounts.values()],
        events: [...events.values()],
        mails: [...mails.values()],
      }
    },
    dump: async () =>
      JSON.stringify(await store.dump(), (_, value: unknown) =>
        value instanceof Map ? [...value.values()] : value,
      ),
    drop: async () => undefined,
  }
}
