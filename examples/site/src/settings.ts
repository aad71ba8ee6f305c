import { join } from 'node:path'

const ADAPTERS = ['sqlite', 'postgres', 'mysql', 'prisma'] as const

/** Where the site can store. */
export type AdapterName = (typeof ADAPTERS)[number]

/** What the environment says of the site. */
export interface Settings {
  readonly port: number
  readonly host: string
  /** Where people reach the site, for links in mails: `https://example.com`. */
  readonly origin: string
  /** For the SQLite files, the development mailbox and the development secrets. */
  readonly folder: string
  readonly adapter: AdapterName
  readonly databaseUrl: string
  /** Whoever has proven this address is the administrator; `null`: there is none. */
  readonly adminEmail: string | null
}

/** The settings of `env`, with their defaults. `folder`: where data lies unless DATA_DIR says otherwise. */
export function readSettings(env: NodeJS.ProcessEnv, folder: string): Settings {
  const port = Number(env['PORT'] || 3000)
  const dataFolder = env['DATA_DIR'] || folder
  const adapter = adapterOf(env['ADAPTER'] || 'sqlite')
  return {
    port,
    host: env['HOST'] || '127.0.0.1',
    origin: env['ORIGIN'] || `http://localhost:${port}`,
    folder: dataFolder,
    adapter,
    databaseUrl: env['DATABASE_URL'] || defaultUrl(adapter, dataFolder),
    adminEmail: env['ADMIN_EMAIL']?.trim().toLowerCase() || null,
  }
}

function adapterOf(name: string): AdapterName {
  const found = ADAPTERS.find((adapter) => adapter === name)
  if (found === undefined) throw new Error(`ADAPTER must be one of ${ADAPTERS.join(', ')}.`)
  return found
}

function defaultUrl(adapter: AdapterName, folder: string): string {
  if (adapter === 'sqlite') return join(folder, 'app.db')
  if (adapter === 'prisma') return join(folder, 'prisma.db')
  throw new Error(`ADAPTER=${adapter} needs DATABASE_URL, such as ${adapter}://user@localhost/app.`)
}
