import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthStore } from '@mindmesh/auth/ports'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'

/** Where the one suite of flows runs. */
export interface Engine {
  readonly name: string
  open(): Promise<{ readonly store: AuthStore; close(): Promise<void> }>
}

/** Every engine; a new adapter is added here and nowhere else. */
export const engines: readonly Engine[] = [
  {
    name: 'memory',
    open: async () => ({ store: memoryStore(), close: async () => undefined }),
  },
  {
    name: 'sqlite',
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'mindmesh-sqlite-'))
      const client = new Database(join(folder, 'auth.db'))
      client.pragma('journal_mode = WAL')
      const db = drizzle(client)
      await migrate(db)
      return {
        store: drizzleSqlite(db),
        async close() {
          client.close()
          rmSync(folder, { recursive: true })
        },
      }
    },
  },
]
