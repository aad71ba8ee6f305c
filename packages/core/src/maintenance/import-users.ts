import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { derivedId } from '../crypto/ids.ts'
import { AuthError, invalidInput } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseDate, parseEmail, parseId, parseObject, parseText } from '../input.ts'
import type { AccountRecord, AppModel } from '../ports/entities.ts'
import type { ImportedPerson, ImportStatus } from '../ports/store.ts'
import { undoReservation } from '../user/undo-reservation.ts'

/** Somebody as another system knows them. */
export interface UserToImport<App extends AppModel = AppModel> {
  /** Theirs there. A UUID is kept; from anything else, and the source, an id is derived: the same with each run. */
  readonly id: string
  readonly email: string
  /** @default null: not verified */
  readonly emailVerifiedAt?: Date | null
  /** argon2id, bcrypt, or the scrypt of Lucia and Better Auth. @default null: they set one by a reset */
  readonly passwordHash?: string | null
  /** @default now */
  readonly createdAt?: Date | null
  /** @default null: not blocked */
  readonly blockedAt?: Date | null
  readonly blockedReason?: string | null
  /** At OAuth providers, by the ids that the app's providers have here. @default none */
  readonly identities?: readonly IdentityToImport[]
  /** The app's own columns. */
  readonly profile?: App['profile']
}

/** An identity at an OAuth provider. */
export interface IdentityToImport {
  readonly provider: string
  readonly subject: string
  readonly email?: string | null
}

/** How people are imported. */
export interface ImportOptions {
  /** Where they come from, for example `lucia`: stands in their event, and in the ids that are derived. */
  readonly source: string
  /** Writes nothing and gives what would be. @default false */
  readonly dryRun?: boolean
}

/** What became of one of them. */
export interface ImportOutcome {
  /** Theirs there. */
  readonly id: string
  /** Theirs here; `null` where they are `invalid`. */
  readonly userId: string | null
  /** `present`: imported before. `invalid`: see `field` and `reason`. */
  readonly status: ImportStatus | 'invalid'
  readonly field: string | null
  readonly reason: string | null
  /** Their hash is of a form that cannot be verified, and was left out: they set a password by a reset. */
  readonly isPasswordDropped: boolean
}

const MAX_PEOPLE = 500

/**
 * Registers up to 500 people from another system, with hashes, verified addresses, blocks and identities, in one step
 * under the guards of `register`: a taken or reserved address and a taken identity are refused and told. Nobody is
 * told by mail, and no password policy is asked. Running it again changes nothing for those who are there.
 */
export async function importUsers<App extends AppModel>(
  context: Context<App>,
  people: readonly UserToImport<App>[],
  options: ImportOptions,
): Promise<readonly ImportOutcome[]> {
  const { source: given, dryRun = false } = parseObject(options, 'options')
  const source = parseText(given, 'source', 64)
  if (typeof dryRun !== 'boolean') {
    throw invalidInput('dryRun', 'not_a_boolean', 'dryRun must be true or false.')
  }
  if (!Array.isArray(people)) throw invalidInput('people', 'not_a_list', 'people must be a list.')
  if (people.length > MAX_PEOPLE) {
    throw invalidInput('people', 'too_many', `people may hold up to ${MAX_PEOPLE}.`)
  }
  const read = people.map((person) => readPerson(context, person, source))
  const valid = read.filter((each) => 'imported' in each)
  const statuses = await context.store.users.importMany({
    people: valid.map(({ imported }) => imported),
    isTrial: dryRun,
  })
  const statusOf = new Map(valid.map(({ imported }, n) => [imported, statuses[n]]))
  return read.map((each) => {
    if (!('imported' in each)) return each
    const { id, imported, isPasswordDropped } = each
    /* v8 ignore next -- a store gives a status for each; the type of a map does not know it */
    const status = statusOf.get(imported) ?? 'invalid'
    return { id, userId: imported.user.id, status, field: null, reason: null, isPasswordDropped }
  })
}

/** Somebody who can be imported. */
interface Readable<App extends AppModel> {
  readonly id: string
  readonly imported: ImportedPerson<App>
  readonly isPasswordDropped: boolean
}

/** Checks one of them; who does not pass keeps none of the others out. */
function readPerson<App extends AppModel>(
  context: Context<App>,
  person: UserToImport<App>,
  source: string,
): Readable<App> | ImportOutcome {
  const id = typeof person?.id === 'string' ? person.id : ''
  try {
    return toImported(context, parseObject<UserToImport<App>>(person, 'person'), source)
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    const { field, reason } = error
    return { id, userId: null, status: 'invalid', field, reason, isPasswordDropped: false }
  }
}

function toImported<App extends AppModel>(
  context: Context<App>,
  person: Partial<UserToImport<App>>,
  source: string,
): Readable<App> {
  const id = parseText(person.id, 'id', 255)
  const email = parseEmail(person.email)
  const now = context.clock.now()
  const createdAt = dateOrNull(person.createdAt, 'createdAt')
  const userId = idOf(source, id, createdAt)
  const given = textOrNull(person.passwordHash, 'passwordHash', 512)
  const passwordHash = given !== null && isAccepted(context, given) ? given : null
  const user = {
    id: userId,
    email: email.canonical,
    displayEmail: email.display,
    emailVerifiedAt: dateOrNull(person.emailVerifiedAt, 'emailVerifiedAt'),
    passwordHash,
    blockedAt: dateOrNull(person.blockedAt, 'blockedAt'),
    blockedReason: textOrNull(person.blockedReason, 'blockedReason', 500),
    createdAt: createdAt ?? now,
  }
  const event = createEvent(context, 'ACCOUNT_IMPORTED', { userId, metadata: { source } })
  const imported = {
    user,
    profile: parseObject<App['profile']>(person.profile, 'profile'),
    accounts: accountsOf(person.identities ?? [], userId, now),
    reservation: undoReservation(context, email.canonical),
    effects: { events: [event] },
  }
  return { id, imported, isPasswordDropped: passwordHash !== given }
}

function isAccepted({ hasher }: Context, hash: string): boolean {
  return hasher.accepts === undefined || hasher.accepts(hash)
}

function accountsOf(
  identities: readonly IdentityToImport[],
  userId: string,
  createdAt: Date,
): readonly AccountRecord[] {
  if (!Array.isArray(identities)) {
    throw invalidInput('identities', 'not_a_list', 'identities must be a list.')
  }
  return identities.map((identity, n) => {
    const field = `identities.${n}`
    const { provider, subject, email } = parseObject<IdentityToImport>(identity, field)
    return {
      provider: parseText(provider, `${field}.provider`, 64),
      subject: parseText(subject, `${field}.subject`, 255),
      userId,
      email: textOrNull(email, `${field}.email`, 254),
      createdAt,
    }
  })
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What the app refers to its people by stays, where it can: else it is the same with each run. */
function idOf(source: string, id: string, createdAt: Date | null): string {
  if (UUID.test(id)) return parseId(id, 'id')
  const digest = createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest()
  return derivedId(createdAt ?? new Date(0), digest)
}

function dateOrNull(value: Date | null | undefined, field: string): Date | null {
  return parseDate(value ?? undefined, field)
}

function textOrNull(value: string | null | undefined, field: string, max: number): string | null {
  return value === null || value === undefined || value === '' ? null : parseText(value, field, max)
}
