import type { ConfigProblem } from '@mindmesh/auth/ports'
import type { Queries } from './client.ts'
import type { Provider } from './sql.ts'

/** What about the client's connections would change what is stored, or make a lost lock a hanging app. */
export async function settingsProblems(
  provider: Provider,
  queries: Queries,
): Promise<readonly ConfigProblem[]> {
  switch (provider) {
    case 'sqlite':
      return sqliteProblems(queries)
    case 'postgres':
      return postgresProblems(queries)
    case 'mysql':
      return mysqlProblems(queries)
  }
}

/** The names that PostgreSQL has for UTC. */
const UTC = /^(etc\/)?(utc|uct|gmt|universal|zulu|greenwich)$/i

/** The driver adapter sends a moment without its zone and takes it back so: the server's must be UTC. */
async function postgresProblems(queries: Queries): Promise<readonly ConfigProblem[]> {
  const zone = await valueOf(queries, `select current_setting('TimeZone') as value`)
  if (UTC.test(zone)) return []
  const message = `is ${zone}, and Prisma writes every time as if it were UTC; give the driver adapter \`options: '-c timezone=UTC'\``
  return [{ field: 'TimeZone', message }]
}

async function sqliteProblems(queries: Queries): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const kind = await valueOf(queries, 'select typeof(?) as value', new Date(0))
  if (kind === 'text') {
    const message =
      'writes times as text, and the tables keep milliseconds; give the driver adapter the option `{ timestampFormat: "unixepoch-ms" }`'
    problems.push({ field: 'PrismaBetterSqlite3', message })
  }
  // Without it a reader in another process can refuse a commit, after which the driver adapter is stuck in it.
  const mode = await valueOf(queries, 'select journal_mode as value from pragma_journal_mode')
  if (mode !== 'wal' && mode !== 'memory') {
    const message = `is ${mode} and must be wal; run \`pragma journal_mode = wal\` once, the file keeps it`
    problems.push({ field: 'journal_mode', message })
  }
  return problems
}

async function mysqlProblems(queries: Queries): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const mode = await valueOf(queries, 'select @@session.sql_mode as value')
  if (!/STRICT_(TRANS|ALL)_TABLES/.test(mode)) {
    const message =
      'lacks STRICT_TRANS_TABLES, without which the server cuts what does not fit and tells nobody'
    problems.push({ field: 'sql_mode', message })
  }
  const charset = await valueOf(queries, 'select @@session.character_set_client as value')
  if (charset !== 'utf8mb4') {
    const message = `is ${charset} and must be utf8mb4; leave the driver's option charset at its default`
    problems.push({ field: 'character_set_client', message })
  }
  if ((await valueOf(queries, 'select @@session.autocommit as value')) !== '1') {
    const message =
      'is off, so that a read shows what was there when the connection was opened; turn it on'
    problems.push({ field: 'autocommit', message })
  }
  return problems
}

async function valueOf(
  queries: Queries,
  statement: string,
  ...values: readonly unknown[]
): Promise<string> {
  const [row] = await queries.$queryRawUnsafe(statement, ...values)
  return typeof row === 'object' && row !== null && 'value' in row ? String(row.value) : ''
}
