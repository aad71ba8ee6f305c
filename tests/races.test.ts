import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  contractContext,
  forkRacers,
  races,
  type ContractContext,
  type Racers,
} from '@mindmesh/auth-adapter-kit'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROUNDS = 30
const module = fileURLToPath(new URL('support/race-worker.mjs', import.meta.url))

describe('races between processes on sqlite', () => {
  let racers: Racers
  let context: ContractContext
  let close: () => void
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mindmesh-races-'))
    const file = join(folder, 'auth.db')
    const client = new Database(file)
    client.pragma('journal_mode = WAL')
    const db = drizzle(client)
    await migrate(db)
    context = contractContext(drizzleSqlite(db))
    racers = await forkRacers({ module, args: [JSON.stringify({ engine: 'sqlite', place: file })] })
    close = () => {
      client.close()
      rmSync(folder, { recursive: true })
    }
  })
  afterAll(async () => {
    await racers.close()
    close()
  })

  test.each(races)('$name', async (race) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(await racers.run(race, context)).toBeUndefined()
    }
  })
})
