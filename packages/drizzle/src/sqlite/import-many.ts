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
import { codeOf, Rollback } from '../shared/attempt.ts'
import { ownColumns } from '../shared/own-columns.ts'
import { read, violatesUnique, write, type SqliteDatabase } from './database.ts'
import type { Access } from './effects.ts'
import { authAccounts, authCodes, users as library } from './tables.ts'
import type { UsersTable } from './users-table.ts'

type People = readonly ImportedPerson<AppModel>[]
type Undone = { readonly cause: unknown } | null

/** Registers people who come from another system. */
export function importMany(
  { db, writer }: Access,
  users: UsersTable,
): UserStore<AppModel>['importMany'] {
  return async (input) =>
    importInRounds(input, {
      find: async (people) => read('users.importMany', () => find(db, users, people)),
      write: async (people) =>
        write<Undone>(db, 'users.importMany', (tx) => {
          insert(tx, users, people)
          writer.write(allEffects(people))
          return null
        }),
    })
}

function find(db: SqliteDatabase, users: UsersTable, people: People): Obstacles {
  const { id, email } = users
  const ids = people.map(({ user }) => user.id)
  const emails = people.map(({ user }) => user.email)
  const columns = { id, email }
  // The people last: who comes in between is then `present`, and not somebody whose identity is taken.
  return {
    accounts: findAccounts(db, people),
    codes: findCodes(db, people),
    users: [
      ...db.select(columns).from(users).where(inArray(id, ids)).all(),
      ...db.select(columns).from(users).where(inArray(email, emails)).all(),
    ],
  }
}

function findAccounts(db: SqliteDatabase, people: People): Obstacles['accounts'] {
  const { provider, subject } = authAccounts
  const accounts = people.flatMap((person) => person.accounts)
  if (accounts.length === 0) return []
  const providers = [...new Set(accounts.map((account) => account.provider))]
  const subjects = accounts.map((account) => account.subject)
  const mayBe = and(inArray(provider, providers), inArray(subject, subjects))
  return db.select({ provider, subject }).from(authAccounts).where(mayBe).all()
}

function findCodes(db: SqliteDatabase, people: People): Obstacles['codes'] {
  const { purpose, subject, userId, expiresAt } = authCodes
  const purposes = [...new Set(people.map(({ reservation }) => reservation.purpose))]
  const subjects = people.map(({ reservation }) => reservation.subject)
  const mayBe = and(inArray(purpose, purposes), inArray(subject, subjects))
  return db.select({ purpose, subject, userId, expiresAt }).from(authCodes).where(mayBe).all()
}

function insert(tx: SqliteDatabase, users: UsersTable, people: People): void {
  const accounts = people.flatMap((person) => person.accounts)
  try {
    const rows = people.map(({ user, profile }) => ({
      ...ownColumns({ app: users, library }, profile),
      ...user,
      updatedAt: user.createdAt,
    }))
    tx.insert(users).values(rows).run()
    if (accounts.length > 0) tx.insert(authAccounts).values(accounts).run()
  } catch (error) {
    if (isTaken(error, users)) throw new Rollback<Undone>({ cause: error })
    throw error
  }
  // Asked after the addresses were written, as where one person registers.
  const codes = findCodes(tx, people)
  if (people.some((person) => isReserved(person, codes))) {
    throw new Rollback<Undone>({ cause: new Error('An address is reserved.') })
  }
}

/** Whether one of the library's own unique indexes refused a row; one of the app's is an error. */
function isTaken(error: unknown, users: UsersTable): boolean {
  const names = [`.${users.email.name}`, `.${users.id.name}`, 'auth_accounts.provider']
  return (
    codeOf(error).startsWith('SQLITE_CONSTRAINT') &&
    names.some((name) => violatesUnique(error, name))
  )
}
