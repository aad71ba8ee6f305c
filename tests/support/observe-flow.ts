import { AuthError } from '@mindmesh/auth'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import { fastHasher } from '@mindmesh/auth/testing'
import type { PasswordHasher, Telemetry } from '@mindmesh/auth/ports'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { fakeProvider } from './fake-provider.ts'
import type { Scenario } from './flow-scenarios.ts'
import { testInstance } from './instance.ts'

/** What one call of a flow did, in the words of the documents. */
export interface Observed {
  readonly error: string
  readonly rows: string
  readonly events: string
  readonly mails: string
}

const TABLES = ['users', 'auth_accounts', 'auth_codes', 'auth_sessions', 'auth_rate_limits']

/** As SQLite gives it. */
type Row = Readonly<Record<string, string | number | null>>
type Rows = ReadonlyMap<string, string>
type Snapshot = ReadonlyMap<string, Rows>

/** Runs a case on an empty SQLite database and compares every row before with every row after. */
export async function observeFlow(scenario: Scenario, telemetry?: Telemetry): Promise<Observed> {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  const provider = fakeProvider('hub')
  const t = testInstance(drizzleSqlite(db), {
    providers: [provider],
    passwordHasher: importingHasher(),
    ...(telemetry === undefined ? {} : { telemetry }),
    config: { urls: { oauthCallback: 'https://app.example.com/:provider/callback' } },
  })
  const importHash = (userId: string, password: string): void => {
    const update = client.prepare('update users set password_hash = ? where id = ?')
    update.run(IMPORTED + password, userId)
  }
  const act = await scenario({ ...t, provider, importHash })
  await t.mindmesh.mail.deliverDue()
  // So that a time that is written shows.
  t.clock.advance({ seconds: 1 })
  const before = snapshot(client)
  const error = await act().then(() => '', codeOf)
  const after = snapshot(client)
  const mails = added(before, after, 'auth_outbox').map((row) => String(row['template']))
  const { sent } = await t.mindmesh.mail.deliverDue()
  await t.mindmesh.close()
  client.close()
  return {
    error,
    rows: TABLES.map((table) => changeOf(table, before, after))
      .filter(Boolean)
      .join(', '),
    events: added(before, after, 'auth_events')
      .map((row) => String(row['type']))
      .join(', '),
    mails: mails.map((name) => (sent === 0 ? `${name} (decoy)` : name)).join(', '),
  }
}

/** Stands for the hash of another library: it verifies, and asks to be replaced. */
const IMPORTED = 'imported: '

function importingHasher(): PasswordHasher {
  const own = fastHasher()
  return {
    ...own,
    verify: async (hash, password) =>
      hash === IMPORTED + password || (await own.verify(hash, password)),
    needsRehash: (hash) => hash.startsWith(IMPORTED) || own.needsRehash(hash),
  }
}

function codeOf(error: unknown): string {
  if (error instanceof AuthError) return error.code
  throw error
}

function snapshot(client: Database.Database): Snapshot {
  const read = (table: string): Rows => {
    const rows = client.prepare<[], Row>(`select * from "${table}"`).all()
    return new Map(rows.map((row) => [keyOf(row), JSON.stringify(row)]))
  }
  const tables = [...TABLES, 'auth_events', 'auth_outbox']
  return new Map(tables.map((table) => [table, read(table)]))
}

function keyOf(row: Row): string {
  return String(row['id'] ?? row['key'] ?? `${row['provider']} ${row['subject']}`)
}

function rowsOf(state: Snapshot, table: string): Rows {
  return state.get(table) ?? new Map()
}

/** The rows that are new, in their order. */
function added(before: Snapshot, after: Snapshot, table: string): readonly Row[] {
  return [...rowsOf(after, table)]
    .filter(([key]) => !rowsOf(before, table).has(key))
    .map(([, row]) => JSON.parse(row) as Row)
}

function changeOf(table: string, before: Snapshot, after: Snapshot): string {
  if (table === 'auth_rate_limits') return hasCounted(before, after) ? `${table} counted` : ''
  const [old, now] = [rowsOf(before, table), rowsOf(after, table)]
  const words = [
    [...now.keys()].some((key) => !old.has(key)) ? 'new' : '',
    [...now].some(([key, row]) => old.has(key) && old.get(key) !== row) ? 'changed' : '',
    [...old.keys()].some((key) => !now.has(key)) ? 'gone' : '',
  ].filter(Boolean)
  return words.length === 0 ? '' : `${table} ${words.join(' and ')}`
}

/** Whether a counter is higher than before. What was counted and given back again counts for nothing. */
function hasCounted(before: Snapshot, after: Snapshot): boolean {
  const hits = (state: Snapshot, key: string): number =>
    Number(JSON.parse(rowsOf(state, 'auth_rate_limits').get(key) ?? '{"hits":0}').hits)
  return [...rowsOf(after, 'auth_rate_limits').keys()].some(
    (key) => hits(after, key) > hits(before, key),
  )
}
