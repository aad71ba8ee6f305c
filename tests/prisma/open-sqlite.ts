import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@mindmesh/auth-drizzle/sqlite'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { onTestFinished } from 'vitest'
import type * as shop from '../.prisma/shop/types/client.ts'
import type * as plain from '../.prisma/sqlite/types/client.ts'

const require = createRequire(import.meta.url)
const plainClient = require('../.prisma/sqlite/run/index.js') as typeof plain
const shopClient = require('../.prisma/shop/run/index.js') as typeof shop

interface Opened<Client> {
  readonly prisma: Client
  /** The same file, for what a test does to it. */
  readonly client: Database.Database
}

/** What a test may want otherwise. */
interface FileOptions {
  readonly timestampFormat?: 'unixepoch-ms' | 'iso8601'
  readonly journalMode?: 'wal' | 'delete'
  /** Statements that are run before Prisma comes. */
  readonly before?: readonly string[]
}

async function openFile(
  options: FileOptions,
): Promise<{ client: Database.Database; adapter: PrismaBetterSqlite3 }> {
  const folder = mkdtempSync(join(tmpdir(), 'mindmesh-prisma-'))
  const path = join(folder, 'app.db')
  const client = new Database(path)
  client.pragma(`journal_mode = ${options.journalMode ?? 'wal'}`)
  await migrate(drizzle(client))
  for (const statement of options.before ?? []) client.exec(statement)
  onTestFinished(() => {
    client.close()
    rmSync(folder, { recursive: true })
  })
  const timestampFormat = options.timestampFormat ?? 'unixepoch-ms'
  return { client, adapter: new PrismaBetterSqlite3({ url: path }, { timestampFormat }) }
}

/** The shipped schema on a file of its own, which is gone when the test is done. */
export async function openPlain(options: FileOptions = {}): Promise<Opened<plain.PrismaClient>> {
  const { client, adapter } = await openFile(options)
  const prisma = new plainClient.PrismaClient({ adapter })
  onTestFinished(async () => prisma.$disconnect())
  return { client, prisma }
}

/** An app whose users have columns of its own, in a table of its own name: `apps/shop.prisma`. */
export async function openShop(): Promise<Opened<shop.PrismaClient>> {
  const { client, adapter } = await openFile({
    before: [
      'alter table users rename to people',
      `alter table people add column first_name text not null default ''`,
      `alter table people add column plan text not null default 'free'`,
      'alter table people add column nickname text',
      'create unique index people_nickname_key on people (nickname)',
      'alter table people add column born_at datetime',
      'alter table people add column is_admin boolean not null default false',
      'alter table people add column credit decimal not null default 0',
      `create table posts (id integer primary key autoincrement, title text not null,
        author_id text not null references people (id) on delete cascade)`,
    ],
  })
  const prisma = new shopClient.PrismaClient({ adapter })
  onTestFinished(async () => prisma.$disconnect())
  return { client, prisma }
}
