import { CommandError, usageError } from '../exit.ts'
import type { IdentityShape, Names, PeerShape } from './peer-shapes.ts'
import type { Source } from './source.ts'

/** The names that are there: of what is not, `null`. */
export interface FoundTables {
  readonly users: string
  readonly columns: { readonly [Name in keyof PeerShape['columns']]: string | null } & {
    readonly id: string
    readonly email: string | null
  }
  readonly identities: FoundIdentities | null
  readonly passwords: {
    readonly table: string
    readonly userId: string
    readonly hash: string
  } | null
}

/** Of identities, likewise. */
export interface FoundIdentities {
  readonly table: string
  readonly userId: string
  readonly provider: string | null
  readonly subject: string | null
  readonly email: string | null
  readonly passwordHash: string | null
  readonly key: string | null
}

/** What was named by hand. */
export interface GivenNames {
  /** `users`, `identities` or one of the columns, by what we call it. */
  readonly use: ReadonlyMap<string, string>
  /** The app's own columns, by theirs. */
  readonly profile: ReadonlyMap<string, string>
}

type Overrides = GivenNames['use']

/** Looks which tables and columns are there. Throws where there is no table of users, or a name that was given is not there. */
export async function findTables(
  source: Source,
  shape: PeerShape,
  { use: overrides, profile }: GivenNames,
): Promise<FoundTables> {
  assertMeant(overrides, shape)
  const users = await tableOf(source, given(overrides, 'users', shape.users))
  if (users === null) {
    const names = given(overrides, 'users', shape.users).join(', ')
    throw new CommandError(
      'no_table',
      `There is no table of users (${names}). Name it with: --use users=…`,
    )
  }
  const column = (name: keyof PeerShape['columns']): string | null =>
    columnOf(users.columns, given(overrides, name, shape.columns[name]))
  const id = column('id')
  if (id === null)
    throw new CommandError('no_table', `${users.table} has no column id. Name it with: --use id=…`)
  assertThere(overrides, profile, users.columns)
  return {
    users: users.table,
    columns: {
      id,
      email: column('email'),
      emailVerified: column('emailVerified'),
      createdAt: column('createdAt'),
      passwordHash: column('passwordHash'),
      blocked: column('blocked'),
      blockedReason: column('blockedReason'),
      blockedUntil: column('blockedUntil'),
      deletedAt: column('deletedAt'),
    },
    identities: await findIdentities(source, shape.identities, overrides),
    passwords: await findPasswords(source, shape.passwords),
  }
}

function given(overrides: Overrides, name: string, names: Names): Names {
  const own = overrides.get(name)
  return own === undefined ? names : [own]
}

const TABLES: readonly string[] = ['users', 'identities']

/** A name with a slip in it would be no name, and everybody would come without what it was to give. */
function assertMeant(overrides: Overrides, { columns }: PeerShape): void {
  const known = [...TABLES, ...Object.keys(columns)]
  const strange = [...overrides.keys()].find((name) => !known.includes(name))
  if (strange === undefined) return
  throw usageError(`--use takes ${known.join(', ')}; not ${strange}.`)
}

function assertThere(
  overrides: Overrides,
  profile: GivenNames['profile'],
  columns: readonly string[],
): void {
  const named = [...overrides].filter(([name]) => !TABLES.includes(name)).map(([, own]) => own)
  const missing = [...named, ...profile.values()].find((own) => !columns.includes(own))
  if (missing !== undefined) throw usageError(`The table of users has no column ${missing}.`)
}

async function findIdentities(
  source: Source,
  shape: IdentityShape | null,
  overrides: Overrides,
): Promise<FoundIdentities | null> {
  const own = overrides.get('identities')
  if (shape === null) return null
  const found = await tableOf(source, given(overrides, 'identities', shape.tables))
  if (found === null) {
    if (own !== undefined) throw usageError(`There is no table ${own}.`)
    return null
  }
  const userId = columnOf(found.columns, shape.userId)
  if (userId === null) return null
  const [provider, subject] = [shape.provider, shape.subject].map((names) =>
    columnOf(found.columns, names),
  )
  return {
    table: found.table,
    userId,
    provider: provider ?? null,
    subject: subject ?? null,
    email: columnOf(found.columns, shape.email),
    passwordHash: columnOf(found.columns, shape.passwordHash),
    key: provider === null ? columnOf(found.columns, shape.key) : null,
  }
}

async function findPasswords(
  source: Source,
  shape: PeerShape['passwords'],
): Promise<FoundTables['passwords']> {
  const found = shape === null ? null : await tableOf(source, shape.tables)
  if (shape === null || found === null) return null
  const [userId, hash] = [shape.userId, shape.hash].map((names) => columnOf(found.columns, names))
  return userId && hash ? { table: found.table, userId, hash } : null
}

async function tableOf(
  source: Source,
  names: Names,
): Promise<{ readonly table: string; readonly columns: readonly string[] } | null> {
  for (const table of names) {
    const columns = await source.columns(table)
    if (columns !== null) return { table, columns }
  }
  return null
}

function columnOf(columns: readonly string[], names: Names): string | null {
  return names.find((name) => columns.includes(name)) ?? null
}
