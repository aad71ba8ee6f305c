import {
  allEffects,
  importInRounds,
  isReserved,
  type AppModel,
  type ImportedPerson,
  type Obstacles,
  type UserStore,
} from '@mindmesh/auth/ports'
import { and, inArray } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { ownColumns } from '../shared/own-columns.ts'
import { read, violatesUnique, write, type PostgresDatabase } from './database.ts'
import { writeEffects } from './effects.ts'
import { authAccounts, authCodes, users as library } from './tables.ts'
import type { UsersTable } from './users-table.ts'

type People = readonly ImportedPerson<AppModel>[]
type Undone = { readonly cause: unknown } | null

/** Registers people who come from another system. */
export function importMany(
  db: PostgresDatabase,
  users: UsersTable,
): UserStore<AppModel>['importMany'] {
  return async (input) =>
    importInRounds(input, {
      find: async (people) => find(db, users, people),
      write: async (people) =>
        write<Undone>(db, 'users.importMany', async (tx) => insert(tx, users, people)),
    })
}

async function find(db: PostgresDatabase, users: UsersTable, people: People): Promise<Obstacles> {
  const { id, email } = users
  const ids = people.map(({ user }) => user.id)
  const emails = people.map(({ user }) => user.email)
  const columns = { id, email }
  const byId = () => db.select(columns).from(users).where(inArray(id, ids))
  const byEmail = () => db.select(columns).from(users).where(inArray(email, emails))
  // The people last: who comes in between is then `present`, and not somebody whose identity is taken.
  return {
    accounts: await findAccounts(db, people),
    codes: await read('users.importMany', () => selectCodes(db, people)),
    users: [
      ...(await read('users.importMany', byId)),
      ...(await read('users.importMany', byEmail)),
    ],
  }
}

async function findAccounts(db: PostgresDatabase, people: People): Promise<Obstacles['accounts']> {
  const { provider, subject } = authAccounts
  const accounts = people.flatMap((person) => person.accounts)
  if (accounts.length === 0) return []
  const providers = [...new Set(accounts.map((account) => account.provider))]
  const subjects = accounts.map((account) => account.subject)
  const mayBe = and(inArray(provider, providers), inArray(subject, subjects))
  return read('users.importMany', () =>
    db.select({ provider, subject }).from(authAccounts).where(mayBe),
  )
}

function selectCodes(db: PostgresDatabase, people: People) {
  const { purpose, subject, userId, expiresAt } = authCodes
  const purposes = [...new Set(people.map(({ reservation }) => reservation.purpose))]
  const subjects = people.map(({ reservation }) => reservation.subject)
  const mayBe = and(inArray(purpose, purposes), inArray(subject, subjects))
  return db.select({ purpose, subject, userId, expiresAt }).from(authCodes).where(mayBe)
}

async function insert(tx: PostgresDatabase, users: UsersTable, people: People): Promise<null> {
  const accounts = people.flatMap((person) => person.accounts)
  try {
    const rows = people.map(({ user, profile }) => ({
      ...ownColumns({ app: users, library }, profile),
      ...user,
      updatedAt: user.createdAt,
    }))
    await tx.insert(users).values(rows)
    if (accounts.length > 0) await tx.insert(authAccounts).values(accounts)
  } catch (error) {
    if (violatesUnique(error, users) || violatesUnique(error, authAccounts)) {
      throw new Rollback<Undone>({ cause: error })
    }
    throw error
  }
  // Asked after the addresses were written, as where one person registers.
  const codes = await selectCodes(tx, people).$withCache(false)
  if (people.some((person) => isReserved(person, codes))) {
    throw new Rollback<Undone>({ cause: new Error('An address is reserved.') })
  }
  await writeEffects(tx, allEffects(people))
  return null
}
