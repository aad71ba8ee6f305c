import type { AuthEventType } from '@mindmesh/auth'
import type { StoredRows } from '../../engines/stored-rows.ts'
import { countOf, eventsOf, problem, type Invariant } from './invariant.ts'

const PASSWORD_CHANGES: readonly AuthEventType[] = [
  'PASSWORD_CHANGED',
  'PASSWORD_RESET_COMPLETED',
  'ACCOUNT_CLAIMED',
]
/** How somebody comes to be there. */
const ARRIVALS: readonly AuthEventType[] = ['REGISTRATION_SUCCESS', 'ACCOUNT_IMPORTED']
/** An identity's word is worth a verified address from the start; what else proves one has an event. */
const PROOFS_OF_ADDRESS: readonly AuthEventType[] = [
  'EMAIL_VERIFIED',
  'EMAIL_CHANGED',
  'EMAIL_CHANGE_UNDONE',
  'OAUTH_LINKED',
]

/** What holds for the rows of people, whatever failed and whenever. */
export const invariantsOfPeople: Readonly<Record<string, Invariant>> = {
  'nobody is without a way in': ({ users, accounts }) =>
    users
      .filter(({ id, passwordHash }) => passwordHash === null && !has(accounts, id))
      .map(({ id }) => problem(id, 'neither a password nor an identity')),

  'a person is there exactly as their registration tells': (rows) => {
    const ids = new Set(rows.users.map(({ id }) => id))
    const gone = rows.events.filter(({ type }) => type === 'ACCOUNT_DELETED').map((e) => e.userId)
    const registered = rows.events.filter(({ type }) => ARRIVALS.includes(type))
    return [
      ...rows.users.flatMap(({ id }) => differs(id, 'registrations', 1, count(rows, id, ARRIVALS))),
      ...registered.flatMap(({ userId }) =>
        differs(
          userId,
          'people',
          gone.includes(userId) ? 0 : 1,
          userId !== null && ids.has(userId) ? 1 : 0,
        ),
      ),
    ]
  },

  'the version of a password counts its changes': (rows) =>
    rows.users.flatMap(({ id, passwordVersion }) =>
      differs(id, 'password version', count(rows, id, PASSWORD_CHANGES), passwordVersion),
    ),

  'somebody is blocked exactly as the events tell': (rows) =>
    rows.users.flatMap(({ id, blockedAt }) => {
      const blocks = count(rows, id, ['ACCOUNT_BLOCKED']) - count(rows, id, ['ACCOUNT_UNBLOCKED'])
      return differs(id, 'blocks', blocks, blockedAt === null ? 0 : 1)
    }),

  'an address is verified only by what proves it': (rows) =>
    rows.users
      .filter(
        ({ id, emailVerifiedAt }) =>
          emailVerifiedAt !== null && count(rows, id, PROOFS_OF_ADDRESS) === 0,
      )
      .map(({ id }) => problem(id, 'verified, and no event tells why')),

  'identities are there exactly as the events tell': (rows) =>
    rows.users.flatMap(({ id }) => {
      const linked = count(rows, id, ['OAUTH_LINKED']) - count(rows, id, ['OAUTH_UNLINKED'])
      return differs(id, 'identities', linked, rows.accounts.filter((a) => a.userId === id).length)
    }),

  'nothing is left of somebody who is gone': ({ users, sessions, codes, accounts }) => {
    const ids = new Set(users.map(({ id }) => id))
    return [...sessions, ...codes, ...accounts]
      .filter(({ userId }) => userId !== null && !ids.has(userId))
      .map(({ userId }) => problem(userId, 'has rows, and is not there'))
  },
}

function has(rows: readonly { readonly userId: string }[], id: string): boolean {
  return rows.some(({ userId }) => userId === id)
}

function count(rows: StoredRows, userId: string, types: readonly AuthEventType[]): number {
  return countOf(eventsOf(rows, { userId }), types)
}

function differs(id: string | null, what: string, told: number, stored: number): readonly string[] {
  return told === stored ? [] : [problem(id, `${stored} ${what}, and the events tell of ${told}`)]
}
