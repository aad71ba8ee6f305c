import { StoreError } from '@mindmesh/auth/ports'
import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { connectSqlite } from '../engines/sqlite.ts'
import { createSqliteFile } from '../engines/sqlite-file.ts'
import type { TestDatabase } from '../engines/test-database.ts'
import { outcomeOf } from '../support/code-of.ts'
import { PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { startProcesses } from '../support/processes.ts'
import { scenariosByEvent, withOAuth } from '../support/scenarios.ts'
import { expectSettled } from '../support/settle.ts'
import { expectRefusedWhole, mainFlows } from './every-flow.ts'
import { journeysDuring } from './journeys.ts'

const flows = Object.keys(scenariosByEvent) as (keyof typeof scenariosByEvent)[]

describe.runIf(inject('engineRun').chosen.includes('sqlite'))('trouble with sqlite', () => {
  let database: TestDatabase
  let path: string
  let t: TestInstance
  const clients: Database.Database[] = []
  beforeEach(async () => {
    database = await createSqliteFile(connectSqlite)
    path = database.place ?? ''
    t = testInstance(database.openStore())
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await database.drop()
  })

  /** The same file, over a connection of its own. */
  function openAgain(options: Database.Options): { client: Database.Database; t: TestInstance } {
    const client = new Database(path, options)
    clients.push(client)
    return { client, t: testInstance(drizzleSqlite(drizzle(client))) }
  }
  const rows = async () => database.rows()

  test.each(flows)('a file that may only be read: %s is refused whole', async (name) => {
    let isReadOnly = false
    const readOnly = withOAuth({ ...openAgain({ readonly: true }).t, clock: t.clock }).mindmesh
    const healthy = withOAuth(t).mindmesh
    const trouble = {
      get troubled() {
        return isReadOnly ? readOnly : healthy
      },
      begin: async () => void (isReadOnly = true),
      end: async () => void (isReadOnly = false),
    }
    expect(await expectRefusedWhole(name, t, { trouble, rows })).toBeUndefined()
  })

  /** A process that takes the write lock. */
  async function startHolder() {
    const group = await startProcesses<{ hold: boolean }, null>(
      new URL('hold-write-lock.mjs', import.meta.url),
      { count: 2, settings: { path } },
    )
    const [holder] = group.members
    return {
      hold: async () => void (await holder.ask({ hold: true })),
      release: async () => void (await holder.ask({ hold: false })),
      close: async () => group.close(),
    }
  }

  test.each(mainFlows)(
    'another process writes and does not end: %s is refused whole',
    async (name) => {
      const holder = await startHolder()
      const troubled = withOAuth({ ...openAgain({ timeout: 5 }).t, clock: t.clock }).mindmesh
      const trouble = { troubled, begin: holder.hold, end: holder.release }
      expect(await expectRefusedWhole(name, t, { trouble, rows })).toBeUndefined()
      await holder.close()
    },
  )

  test('another process writes for a moment: the call waits, and is answered', async () => {
    const holder = await startHolder()
    const { t: other } = openAgain({ timeout: 5 })
    await holder.hold()
    const registering = other.register('anna')
    await holder.release()
    expect(await registering).toMatchObject({ email: 'anna@example.com' })
    await holder.close()
    await expectSettled(t, rows)
  })

  test('other processes write all the time: every flow is whole or not there, and goes on', async () => {
    const holder = await startHolder()
    const { t: other } = openAgain({ timeout: 1 })
    const { whole, errors } = await journeysDuring(other, async () => {
      for (let turn = 0; turn < 50; turn += 1) {
        await holder.hold().catch(() => undefined)
        await holder.release().catch(() => undefined)
      }
    })
    await holder.close()
    expect(whole).toBeGreaterThan(0)
    expect(errors.filter((error) => !(error instanceof StoreError))).toEqual([])
    await expectSettled(other, rows)
  })

  test('a full disk: every call is whole or not there, and goes on when there is room', async () => {
    const { client, t: full } = openAgain({})
    await full.register('anna')
    const pages = (): number => Number(client.pragma('page_count', { simple: true }))
    for (let room = 0; room < 12; room += 1) {
      client.pragma(`max_page_count = ${pages() + (room % 3)}`)
      const calls = ['one', 'two', 'three'].map(async (name) => {
        const email = `${name}${room}@example.com`
        await full.mindmesh.auth.register(email, PASSWORD)
        const step = await full.mindmesh.auth.login(email, PASSWORD)
        if (!step.otpRequired) throw new Error('The second step is off.')
        const { challengeId } = step
        return full.mindmesh.auth.verifyOtp(email, await full.newestCode(email), 'login', {
          challengeId,
        })
      })
      const failed = (await Promise.allSettled(calls)).flatMap((call) =>
        call.status === 'rejected' ? [call.reason as unknown] : [],
      )
      expect(failed.filter((error) => !(error instanceof StoreError))).toEqual([])
    }
    client.pragma('max_page_count = 1000000')
    expect(await outcomeOf(full.mindmesh.auth.register('late@example.com', PASSWORD))).toBe('ok')
    await expectSettled(full, rows)
  })
})
