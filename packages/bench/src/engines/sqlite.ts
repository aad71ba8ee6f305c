import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import { BetterSqlite3Adapter } from '@lucia-auth/adapter-sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { BareUser, BenchDatabase, BenchEngine } from './bench-engine.ts'

/** SQLite in a file, through better-sqlite3. */
export const sqlite: BenchEngine = {
  name: 'sqlite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'mindmesh-bench-'))
    const client = new Database(join(folder, 'bench.db'))
    // What SQLite's own pages recommend for an application's file.
    client.pragma('journal_mode = WAL')
    client.pragma('synchronous = normal')
    const db = drizzle(client)
    await migrate(db)
    client.exec(LUCIA_TABLES)
    return {
      adapter: drizzleSqlite(db),
      ...bareQueries(client),
      execute: async (text) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- better-sqlite3 gives rows as objects
        if (/^\s*select/i.test(text)) return client.prepare(text).all() as Record<string, unknown>[]
        client.exec(text)
        return []
      },
      betterAuth: client,
      lucia: new BetterSqlite3Adapter(client, { user: 'lucia_user', session: 'lucia_session' }),
      async close() {
        client.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

const LUCIA_TABLES = `
  create table lucia_user (id text primary key, email text not null unique);
  create table lucia_session (id text primary key, expires_at integer not null,
    user_id text not null references lucia_user (id));
  create index lucia_session_user_id on lucia_session (user_id);`

function bareQueries(
  client: Database.Database,
): Pick<BenchDatabase, 'findSession' | 'touchSession' | 'insertUser'> {
  const session = client.prepare(
    'select s.*, u.* from auth_sessions s join users u on u.id = s.user_id where s.id = ?',
  )
  const touch = client.prepare('update auth_sessions set last_used_at = ? where id = ?')
  const user = client.prepare(
    `insert into users (id, email, display_email, password_hash, created_at, updated_at)
     values (:id, :email, :email, :passwordHash, :at, :at)`,
  )
  const event = client.prepare(
    `insert into auth_events (id, type, user_id, metadata, created_at)
     values (:eventId, 'USER_REGISTERED', :id, '{}', :at)`,
  )
  const insertAll = client.transaction((row: BareUser) => {
    const values = { ...row, at: row.at.getTime() }
    user.run(values)
    event.run(values)
  })
  return {
    findSession: (sessionId) => session.get(sessionId),
    touchSession: (sessionId) => touch.run(Date.now(), sessionId),
    insertUser: (row) => insertAll.immediate(row),
  }
}
