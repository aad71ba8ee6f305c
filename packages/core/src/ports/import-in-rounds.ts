import type { AppModel, CodeRecord } from './entities.ts'
import { StoreError } from './errors.ts'
import type { AccountIdentity, Effects, ImportedPerson, ImportStatus } from './store.ts'

type Person = ImportedPerson<AppModel>

/** What of some people is there already. */
export interface Obstacles {
  readonly users: readonly { readonly id: string; readonly email: string }[]
  readonly accounts: readonly AccountIdentity[]
  readonly codes: readonly Pick<CodeRecord, 'purpose' | 'subject' | 'userId' | 'expiresAt'>[]
}

/** The two steps that each database takes in its own way. */
export interface ImportSteps {
  find(people: readonly Person[]): Promise<Obstacles>
  /**
   * Writes all of them in one transaction, or none: what a unique index refuses, or a reservation that is there once
   * the addresses are written, undoes it. Gives `null`, or why it was undone.
   */
  write(people: readonly Person[]): Promise<{ readonly cause: unknown } | null>
}

/** Who comes in between is seen in the next round; so many in a row are no chance. */
const MAX_ROUNDS = 8

/**
 * Imports people: looks who stands in the way, writes the others together, and looks again where somebody came in
 * between. The unique indexes and the look at the reservations inside the transaction are the guards.
 */
export async function importInRounds(
  { people, isTrial }: { readonly people: readonly Person[]; readonly isTrial: boolean },
  steps: ImportSteps,
): Promise<readonly ImportStatus[]> {
  for (let round = 1; ; round += 1) {
    const statuses = judge(people, await steps.find(people))
    const free = people.filter((_, n) => statuses[n] === 'imported')
    if (isTrial || free.length === 0) return statuses
    // In one order, so that two imports of the same people wait for one another and do not lock each other out.
    const undone = await steps.write(free.toSorted((a, b) => (a.user.id < b.user.id ? -1 : 1)))
    if (undone === null) return statuses
    if (round === MAX_ROUNDS) throw new StoreError('users.importMany', undone)
  }
}

function judge(people: readonly Person[], found: Obstacles): readonly ImportStatus[] {
  const ids = new Set(found.users.map(({ id }) => id))
  const emails = new Set(found.users.map(({ email }) => email))
  const accounts = new Set(found.accounts.map(keyOf))
  return people.map((person) => {
    const { user } = person
    const keys = person.accounts.map(keyOf)
    if (ids.has(user.id)) return 'present'
    if (emails.has(user.email) || isReserved(person, found.codes)) return 'email_taken'
    if (keys.some((key) => accounts.has(key)) || new Set(keys).size < keys.length) {
      return 'account_taken'
    }
    ids.add(user.id)
    emails.add(user.email)
    for (const key of keys) accounts.add(key)
    return 'imported'
  })
}

/** Whether a live code of another person keeps this one out. */
export function isReserved(
  { user, reservation }: Pick<Person, 'user' | 'reservation'>,
  codes: Obstacles['codes'],
): boolean {
  const { purpose, subject, now } = reservation
  return codes.some(
    (code) =>
      code.purpose === purpose &&
      code.subject === subject &&
      code.userId !== user.id &&
      code.expiresAt > now,
  )
}

/** The effects of all of them, to be written at once. */
export function allEffects(people: readonly Person[]): Effects {
  return {
    events: people.flatMap(({ effects }) => effects.events ?? []),
    mails: people.flatMap(({ effects }) => effects.mails ?? []),
    codes: people.flatMap(({ effects }) => effects.codes ?? []),
  }
}

function keyOf({ provider, subject }: AccountIdentity): string {
  return JSON.stringify([provider, subject])
}
