import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, inject, test } from 'vitest'
import { repeats } from '../support/repeats.ts'
import { emptyFolder } from './support/cli-app.ts'
import { emptyDatabase } from './support/empty-database.ts'
import { runMindmesh } from './support/run-mindmesh.ts'

const PEOPLE = repeats('MINDMESH_IMPORT_PEOPLE', { usually: 10_000, thoroughly: 100_000 })
/** The promise of docs/moving-in.md: a hundred thousand in two minutes. */
const MAX_SECONDS = (120 * PEOPLE) / 100_000

const { chosen } = inject('engineRun')

/** The tables of Better Auth, with a password for everybody and an identity for every third. */
function writePeer(folder: string): void {
  const db = new Database(join(folder, 'peer.db'))
  db.exec(`
    create table user (id text primary key, name text, email text not null unique,
      emailVerified integer not null, createdAt text not null);
    create table account (id text primary key, accountId text, providerId text, userId text, password text);
    create index account_user on account (userId);
  `)
  const user = db.prepare('insert into user values (?, ?, ?, ?, ?)')
  const account = db.prepare('insert into account values (?, ?, ?, ?, ?)')
  const key = 'ab'.repeat(64)
  db.transaction(() => {
    for (let n = 0; n < PEOPLE; n += 1) {
      const id = createHash('md5').update(String(n)).digest('hex')
      const createdAt = new Date(1_714_979_289_123 + n * 1000).toISOString()
      user.run(id, `Person ${n}`, `person-${n}@example.com`, n % 2, createdAt)
      account.run(`c${n}`, id, 'credential', id, `${id}:${key}`)
      if (n % 3 === 0) account.run(`g${n}`, String(n), 'github', id, null)
    }
  })()
  db.close()
}

async function importAll(engine: string, databaseUrl: string): Promise<number> {
  const { folder, remove } = emptyFolder()
  const env = { DATABASE_URL: databaseUrl }
  const run = async (...args: string[]) => runMindmesh(args, { cwd: folder, env })
  try {
    writePeer(folder)
    await run('init', '--orm', 'drizzle', '--engine', engine)
    await run('migrate')
    const start = performance.now()
    const args = ['import', 'better-auth', '--from', 'peer.db', '--yes', '--json']
    const { code, stdout, stderr } = await run(...args)
    const seconds = (performance.now() - start) / 1000
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ imported: PEOPLE, passwordsDropped: 0, skipped: 0 })
    return seconds
  } finally {
    remove()
  }
}

describe(`import of ${PEOPLE} people`, () => {
  test('on SQLite takes less than its share of two minutes', async () => {
    expect(await importAll('sqlite', 'app.db')).toBeLessThan(MAX_SECONDS)
  })

  test.runIf(chosen.includes('postgres'))(
    'on PostgreSQL takes less than its share of two minutes',
    async () => {
      const database = await emptyDatabase('postgres')
      try {
        expect(await importAll('postgres', database.url)).toBeLessThan(MAX_SECONDS)
      } finally {
        await database.drop()
      }
    },
  )
})
