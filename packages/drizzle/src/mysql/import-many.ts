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
import { read, write, type MysqlDatabase, type MysqlTransaction } from './database.ts'
import { driverError, isDuplicate } from './driver-error.ts'
import { writeEffects } from './effects.ts'
import { authAccounts, authCodes, users as library } from './tables.ts'
import type { UsersTable } from './users-table.ts'

type People = readonly ImportedPerson<AppModel>[]
type Undone = { readonly cause: unknown } | null

/** Registers people who come from another system. */
export function importMany(
  db: MysqlDatabase,
  users: UsersTable,
): UserStore<AppModel>['importMany'] {
  return async (input) =>
    importInRounds(input, {
      find: async (people) => find(db, users, people),
      write: async (people) =>
        write<Undone>(db, 'users.importMany', async (tx) => insert(tx, users, people)),
    })
}

/** Outside the transaction: under REPEATABLE READ a first read there would keep later reservations out of sight. */
async function find(db: MysqlDatabase, users: UsersTable, people: People): Promise<Obstacles> {
  const { orm } = db
  const { id, email } = users
  const ids = people.map(({ user }) => user.id)
  const emails = people.map(({ user }) => user.email)
  const columns = { id, email }
  // The people last: who comes in between is then `present`, and not somebody whose identity is taken.
  return read(db, 'users.importMany', async () => ({
    accounts: await findAccounts(orm, people),
    codes: await findCodes(orm, people),
    users: [
      ...(await orm.select(columns).from(users).where(inArray(id, ids))),
      ...(await orm.select(columns).from(users).where(inArray(email, emails))),
    ],
  }))
}

type Orm = MysqlDatabase['orm'] | MysqlTransaction

async function findAccounts(orm: Orm, people: People): Promise<Obstacles['accounts']> {
  const { provider, subject } = authAccounts
  const accounts = people.flatMap((person) => person.accounts)
  if (accounts.length === 0) return []
  const providers = [...new Set(accounts.map((account) => account.provider))]
  const subjects = accounts.map((account) => account.subject)
  const mayBe = and(inArray(provider, providers), inArray(subject, subjects))
  return orm.select({ provider, subject }).from(authAccounts).where(mayBe)
}

async function findCodes(orm: Orm, people: People): Promise<Obstacles['codes']> {
  const { purpose, subject, userId, expiresAt } = authCodes
  const purposes = [...new Set(people.map(({ reservation }) => reservation.purpose))]
  const subjects = people.map(({ reservation }) => reservation.subject)
  const mayBe = and(inArray(purpose, purposes), inArray(subject, subjects))
  return orm.select({ purpose, subject, userId, expiresAt }).from(authCodes).where(mayBe)
}

async function insert(tx: MysqlTransaction, users: UsersTable, people: People): Promise<null> {
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
    // The server's words name the value that was refused; the index of the app's own column ends as an error too.
    if (isDuplicate(error)) throw new Rollback<Undone>({ cause: driverError(error) })
    throw error
  }
  // Asked after the addresses were written, as where one person registers.
  const codes = await findCodes(tx, people)
  if (people.some((person) => isReserved(person, codes))) {
    throw new Rollback<Undone>({ cause: new Error('An address is reserved.') })
  }
  await writeEffects(tx, allEffects(people))
  return null
}
