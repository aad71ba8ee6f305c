import type { TestDatabase } from './test-database.ts'

/** The databases of one engine and one test file: made when they are first needed, emptied for each test. */
export interface DatabasePool {
  /** A database with no rows in it. Two that are taken at once are two databases. */
  take(): Promise<TestDatabase>
  giveBack(database: TestDatabase): void
  /** Drops all of them, those that were not given back too. */
  drop(): Promise<void>
}

/** Keeps databases for the tests of one file: a new one costs some hundred times what emptying costs. */
export function databasePool(create: () => Promise<TestDatabase>): DatabasePool {
  const made: TestDatabase[] = []
  const free: TestDatabase[] = []
  return {
    async take() {
      const used = free.pop()
      if (used !== undefined) {
        await used.empty()
        return used
      }
      const database = await create()
      made.push(database)
      return database
    },
    giveBack: (database) => void free.push(database),
    async drop() {
      free.length = 0
      await Promise.all(made.splice(0).map(async (database) => database.drop()))
    },
  }
}
