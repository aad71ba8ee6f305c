import {
  allEffects,
  importInRounds,
  isReserved,
  type AppModel,
  type ImportedPerson,
  type Obstacles,
  type UserStore,
} from '@mindmesh/auth/ports'
import { Rollback } from './attempt.ts'
import type { Queries } from './client.ts'
import { read, write, type PrismaDatabase } from './database.ts'
import { isDuplicate, withoutArguments } from './driver-error.ts'
import { writeEffects } from './effects.ts'
import { ownColumns } from './own-columns.ts'

type People = readonly ImportedPerson<AppModel>[]
type Undone = { readonly cause: unknown } | null

/** Registers people who come from another system. */
export function importMany(db: PrismaDatabase): UserStore<AppModel>['importMany'] {
  return async (input) =>
    importInRounds(input, {
      find: async (people) =>
        read(db, 'users.importMany', async (queries) => find(queries, people)),
      write: async (people) =>
        write<Undone>(db, 'users.importMany', async (tx) => insert(db, tx, people)),
    })
}

/** The people last: who comes in between is then `present`, and not somebody whose identity is taken. */
async function find(queries: Queries, people: People): Promise<Obstacles> {
  const columns = { id: true, email: true } as const
  const ids = people.map(({ user }) => user.id)
  const emails = people.map(({ user }) => user.email)
  return {
    accounts: await findAccounts(queries, people),
    codes: await findCodes(queries, people),
    users: [
      ...(await queries.user.findMany({ where: { id: { in: ids } }, select: columns })),
      ...(await queries.user.findMany({ where: { email: { in: emails } }, select: columns })),
    ],
  }
}

async function findAccounts(
  { authAccount }: Queries,
  people: People,
): Promise<Obstacles['accounts']> {
  const accounts = people.flatMap((person) => person.accounts)
  if (accounts.length === 0) return []
  const providers = [...new Set(accounts.map(({ provider }) => provider))]
  const subjects = accounts.map(({ subject }) => subject)
  return authAccount.findMany({
    where: { provider: { in: providers }, subject: { in: subjects } },
    select: { provider: true, subject: true },
  })
}

async function findCodes({ authCode }: Queries, people: People): Promise<Obstacles['codes']> {
  const purposes = [...new Set(people.map(({ reservation }) => reservation.purpose))]
  const subjects = people.map(({ reservation }) => reservation.subject)
  return authCode.findMany({
    where: { purpose: { in: purposes }, subject: { in: subjects } },
    select: { purpose: true, subject: true, userId: true, expiresAt: true },
  })
}

async function insert(db: PrismaDatabase, tx: Queries, people: People): Promise<null> {
  const accounts = people.flatMap((person) => person.accounts)
  try {
    const rows = people.map(({ user, profile }) => ({
      ...ownColumns(tx.user.fields, profile),
      ...user,
      passwordVersion: 0,
      lastSignedInAt: null,
      updatedAt: user.createdAt,
    }))
    await tx.user.createMany({ data: rows })
    if (accounts.length > 0) await tx.authAccount.createMany({ data: accounts })
  } catch (error) {
    if (isDuplicate(error)) {
      throw new Rollback<Undone>(() => ({ cause: withoutArguments(error) }))
    }
    throw error
  }
  // Asked after the addresses were written, as where one person registers.
  const codes = await findCodes(tx, people)
  if (people.some((person) => isReserved(person, codes))) {
    throw new Rollback<Undone>(() => ({ cause: new Error('An address is reserved.') }))
  }
  await writeEffects(db, tx, allEffects(people))
  return null
}
