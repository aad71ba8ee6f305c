import type { UserToImport } from '@mindmesh/auth'
import type { FoundIdentities, FoundTables } from './find-tables.ts'
import type { PeerShape } from './peer-shapes.ts'
import type { Row, Source } from './source.ts'
import { dateOf, isYes, textOf } from './values.ts'

/** What a reader is told besides the tables. */
export interface ReadOptions {
  /** The app's own columns, by theirs. */
  readonly profile: ReadonlyMap<string, string>
  /** The ids of providers here, by theirs. */
  readonly providers: ReadonlyMap<string, string>
  readonly now: Date
}

/** Some people, and how many rows were looked at for them. */
export interface PeopleBatch {
  readonly people: readonly UserToImport[]
  /** Left out: deleted there, or without an address. */
  readonly skipped: number
}

/** As many as one call of `importUsers` takes. */
const BATCH = 500

/**
 * Reads people in batches, with the identities and passwords of each.
 *
 * @yields as many as one call of `importUsers` takes, or fewer
 */
export async function* readPeople(
  source: Source,
  { found, shape }: { readonly found: FoundTables; readonly shape: PeerShape },
  options: ReadOptions,
): AsyncGenerator<PeopleBatch> {
  const { users, columns } = found
  for await (const rows of source.pages(users, { key: columns.id, limit: BATCH })) {
    const extras = await extrasOf(source, { found, shape, rows })
    const people = rows.flatMap((row) => toPerson(row, found, { extras, options }) ?? [])
    yield { people, skipped: rows.length - people.length }
  }
}

/** What other tables hold on people, by their id. */
interface Extras {
  readonly passwords: ReadonlyMap<string, string>
  readonly emails: ReadonlyMap<string, string>
  readonly identities: ReadonlyMap<string, readonly Identity[]>
}

interface Identity {
  readonly provider: string
  readonly subject: string
  readonly email: string | null
}

async function extrasOf(
  source: Source,
  {
    found,
    shape,
    rows,
  }: { readonly found: FoundTables; readonly shape: PeerShape; readonly rows: readonly Row[] },
): Promise<Extras> {
  const ids = rows.map((row) => row[found.columns.id])
  const passwords = new Map<string, string>()
  const emails = new Map<string, string>()
  const identities = new Map<string, Identity[]>()
  const table = found.identities
  for (const row of table === null ? [] : await source.where(table.table, table.userId, ids)) {
    const owner = textOf(table === null ? null : row[table.userId])
    const identity = table === null ? null : identityOf(row, table)
    if (table === null || owner === null || identity === null) continue
    const hash = valueOf(row, table.passwordHash)
    if (hash !== null) passwords.set(owner, hash)
    if (shape.identities?.ownProviders.includes(identity.provider) === true) {
      if (identity.provider === 'email' && table.key !== null) emails.set(owner, identity.subject)
      continue
    }
    identities.set(owner, [...(identities.get(owner) ?? []), identity])
  }
  const alone = found.passwords
  for (const row of alone === null ? [] : await source.where(alone.table, alone.userId, ids)) {
    const [owner, hash] = [textOf(row[alone?.userId ?? '']), textOf(row[alone?.hash ?? ''])]
    if (owner !== null && hash !== null) passwords.set(owner, hash)
  }
  return { passwords, emails, identities }
}

function identityOf(row: Row, table: FoundIdentities): Identity | null {
  const key = valueOf(row, table.key)
  const at = key?.indexOf(':') ?? -1
  const provider = at > 0 ? (key?.slice(0, at) ?? null) : valueOf(row, table.provider)
  const subject = at > 0 ? (key?.slice(at + 1) ?? null) : valueOf(row, table.subject)
  if (provider === null || subject === null) return null
  return { provider, subject, email: valueOf(row, table.email) }
}

function toPerson(
  row: Row,
  { columns }: FoundTables,
  { extras, options }: { readonly extras: Extras; readonly options: ReadOptions },
): UserToImport | null {
  const id = valueOf(row, columns.id) ?? ''
  const email = valueOf(row, columns.email) ?? extras.emails.get(id) ?? null
  if (email === null || valueAt(row, columns.deletedAt) !== null) return null
  const createdAt = dateOf(valueAt(row, columns.createdAt))
  const identities = extras.identities.get(id) ?? []
  return {
    id,
    email,
    emailVerifiedAt: momentOf(valueAt(row, columns.emailVerified), createdAt ?? options.now),
    passwordHash: valueOf(row, columns.passwordHash) ?? extras.passwords.get(id) ?? null,
    createdAt,
    blockedAt: blockedAt(row, columns, options.now),
    blockedReason: valueOf(row, columns.blockedReason),
    identities: identities.map((identity) => ({
      ...identity,
      provider: options.providers.get(identity.provider) ?? identity.provider,
    })),
    profile: Object.fromEntries(
      [...options.profile].map(([ours, theirs]) => [ours, row[theirs] ?? null]),
    ),
  }
}

/** A block that has an end in the past is none; one that ends later holds until it is lifted. */
function blockedAt(row: Row, columns: FoundTables['columns'], now: Date): Date | null {
  const until = dateOf(valueAt(row, columns.blockedUntil))
  if (until !== null && until <= now) return null
  const at = momentOf(valueAt(row, columns.blocked), now)
  return at ?? (columns.blocked === null && until !== null ? now : null)
}

/** The moment where there is one; else, for a yes, this one. */
function momentOf(value: unknown, otherwise: Date): Date | null {
  return isYes(value) ? otherwise : dateOf(value)
}

function valueAt(row: Row, column: string | null): unknown {
  return column === null ? null : (row[column] ?? null)
}

function valueOf(row: Row, column: string | null): string | null {
  return textOf(valueAt(row, column))
}
