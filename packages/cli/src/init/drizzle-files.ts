import type { Engine, InitAnswers } from './plan.ts'

interface Dialect {
  readonly adapter: string
  /** Of drizzle: the function that makes a table, and the module that has it. */
  readonly table: readonly [name: string, module: string]
  readonly imports: readonly string[]
  readonly open: readonly string[]
  readonly close: string
  readonly packages: readonly string[]
}

const DIALECTS: Readonly<Record<Engine, Dialect>> = {
  sqlite: {
    adapter: 'drizzleSqlite',
    table: ['sqliteTable', 'drizzle-orm/sqlite-core'],
    imports: [
      "import Database from 'better-sqlite3'",
      "import { drizzle } from 'drizzle-orm/better-sqlite3'",
    ],
    open: [
      "const client = new Database(process.env['DATABASE_URL'] ?? 'app.db')",
      "client.pragma('journal_mode = WAL')",
    ],
    close: 'client.close()',
    packages: ['better-sqlite3@12'],
  },
  postgres: {
    adapter: 'drizzlePostgres',
    table: ['pgTable', 'drizzle-orm/pg-core'],
    imports: [
      "import { drizzle } from 'drizzle-orm/postgres-js'",
      "import postgres from 'postgres'",
    ],
    open: [
      "const client = postgres(process.env['DATABASE_URL'] ?? '', { onnotice: () => undefined })",
    ],
    close: 'await client.end()',
    packages: ['postgres@3'],
  },
  mysql: {
    adapter: 'drizzleMysql',
    table: ['mysqlTable', 'drizzle-orm/mysql-core'],
    imports: [
      "import { drizzle } from 'drizzle-orm/mysql2'",
      "import { createPool } from 'mysql2/promise'",
    ],
    open: ["const client = createPool({ uri: process.env['DATABASE_URL'] ?? '' })"],
    close: 'await client.end()',
    packages: ['mysql2@3'],
  },
}

/** The tables, with the app's own users table to add columns to. */
export function drizzleSchema(engine: Engine): string {
  const [make, module] = DIALECTS[engine].table
  return `import { userColumns } from '@mindmesh/auth-drizzle/${engine}'
import { ${make} } from '${module}'

/** People. Add columns of your own after \`userColumns()\`, and to the database by a migration of yours. */
export const users = ${make}('users', {
  ...userColumns(),
})

// The other tables, for queries of your own.
export {
  authAccounts,
  authCodes,
  authEvents,
  authOutbox,
  authRateLimits,
  authSessions,
} from '@mindmesh/auth-drizzle/${engine}'
`
}

/** The set-up file. */
export function drizzleSetup({ engine, language }: InitAnswers): string {
  const { adapter, imports, open, close } = DIALECTS[engine]
  const schema = language === 'ts' ? './auth-schema.js' : './auth-schema.mjs'
  const returns = language === 'ts' ? ': Promise<void>' : ''
  return `import { MindmeshAuth } from '@mindmesh/auth'
import { ${adapter} } from '@mindmesh/auth-drizzle/${engine}'
import { fileMailer } from '@mindmesh/auth-mailers/file'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
${imports.join('\n')}
import { users } from '${schema}'

${open.join('\n')}
export const db = drizzle(client)

/** The app's instance: import it wherever people sign in. The command \`mindmesh\` finds it here. */
export const mindmesh = new MindmeshAuth({
  adapter: ${adapter}(db, { users }),
  // Without a mail server mails go into a folder. In production that is refused.
  mailer: process.env['SMTP_HOST'] ? smtpMailer() : fileMailer('mailbox'),
})

/** Called by the command when it is done, and by the app when it ends. */
export async function close()${returns} {
  ${close}
}
`
}

/** What the app has to install for these files. */
export function drizzlePackages(engine: Engine): readonly string[] {
  return [
    '@mindmesh/auth',
    '@mindmesh/auth-drizzle',
    '@mindmesh/auth-mailers',
    'drizzle-orm@0.45',
    ...DIALECTS[engine].packages,
  ]
}
