import { StoreError } from '@mindmesh/auth/ports'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { newDatabaseName, newRunId } from '../engines/database-name.ts'
import type { StoredRows } from '../engines/stored-rows.ts'
import { ANNA, NEXT_PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { isTestedOn } from '../support/is-tested-on.ts'
import { orNone } from '../support/or-none.ts'
import { withOAuth } from '../support/scenarios.ts'
import { expectSettled } from '../support/settle.ts'
import { expectRefusedWhole, mainFlows } from './every-flow.ts'
import { journeysDuring } from './journeys.ts'
import type { OwnServer } from './own-server.ts'
import { troubledMysql } from './troubled-mysql.ts'
import { troubledPostgres } from './troubled-postgres.ts'
import type { AppPool, TroubledServer } from './troubled-server.ts'

/** Long: other things may run on the machine. */
const SOON = { timeout: 60_000, interval: 1 }

const troubled = [troubledPostgres, troubledMysql].filter((kind) =>
  isTestedOn(kind.name, kind.hasPrograms),
)

describe.each(orNone(troubled))('trouble with a server of $name', (engine: TroubledServer) => {
  let server: OwnServer
  let url: string
  let pools: AppPool[]
  beforeAll(async () => {
    server = await engine.start()
  })
  afterAll(async () => server.remove())
  beforeEach(async () => {
    pools = []
    const name = newDatabaseName(newRunId(), new Date())
    await engine.kind.run(server.url, `create database ${name}`)
    url = new URL(`/${name}`, server.url).href
  })
  afterEach(async () => {
    // Waits for every connection that was taken: none may be left behind by what failed.
    await Promise.all(pools.map(async (pool) => pool.close()))
  })

  async function open(max = 10): Promise<AppPool & { readonly t: TestInstance }> {
    const pool = await engine.connect(url, { max })
    pools.push(pool)
    return { ...pool, t: testInstance(pool.store) }
  }
  async function rows(): Promise<StoredRows> {
    const tables = await engine.kind.tables(url)
    try {
      return await tables.rows()
    } finally {
      await tables.close()
    }
  }
  /** People go their ways meanwhile; gives what they met but `StoreError`s, once all is found to be whole. */
  async function othersMetDuring(t: TestInstance, trouble: Parameters<typeof journeysDuring>[1]) {
    const { whole, errors } = await journeysDuring(t, trouble)
    expect(whole).toBeGreaterThan(0)
    await expectSettled(t, rows)
    return errors.filter((error) => !(error instanceof StoreError))
  }

  test.each(['orderly', 'at once'] as const)(
    'restarted in mid-run, %s: every flow is whole or not there, and goes on',
    async (how) => {
      const { t } = await open()
      const others = await othersMetDuring(t, async (calls) => {
        for (let restart = 1; restart <= 2; restart += 1) {
          const reached = calls()
          await vi.waitUntil(() => calls() > reached + 20, SOON)
          await server.stop(how)
          await server.start()
        }
      })
      expect(others).toEqual([])
    },
  )

  test('connections killed again and again: every flow is whole or not there, and goes on', async () => {
    const { t } = await open()
    const others = await othersMetDuring(t, async (calls) => {
      for (let kill = 1; kill <= 15; kill += 1) {
        const reached = calls()
        await vi.waitUntil(() => calls() > reached, SOON)
        await engine.killAll(url)
      }
    })
    expect(others).toEqual([])
  })

  test('a pool of one connection: people wait for one another, and never for themselves', async () => {
    const { t } = await open(1)
    const { whole, errors } = await journeysDuring(t, async () => undefined)
    expect({ isWhole: whole > 0, errors }).toEqual({ isWhole: true, errors: [] })
    await expectSettled(t, rows)
  })

  test.each(mainFlows)('a pool without a free connection: %s is refused whole', async (name) => {
    const { t } = await open(2)
    const full = await open(2)
    let release = (): void => undefined
    const trouble = {
      troubled: withOAuth({ ...full.t, clock: t.clock }).mindmesh,
      async begin() {
        ;({ release } = await full.holdAll())
      },
      end: async () => release(),
    }
    expect(await expectRefusedWhole(name, t, { trouble, rows })).toBeUndefined()
  })

  test.each(mainFlows)('a read-only database: %s is refused whole', async (name) => {
    const { t } = await open(2)
    const other = await open(1)
    const trouble = {
      troubled: withOAuth({ ...other.t, clock: t.clock }).mindmesh,
      begin: async () => other.setReadOnly(true),
      end: async () => other.setReadOnly(false),
    }
    expect(await expectRefusedWhole(name, t, { trouble, rows })).toBeUndefined()
  })

  test('a server without room for another connection: refused, and answered when there is', async () => {
    const { t } = await open(1)
    await engine.killAll(url)
    const others = await engine.fill(url)
    await expect(t.register('anna')).rejects.toBeInstanceOf(StoreError)
    await others.release()
    await t.register('anna')
    await expectSettled(t, rows)
  })

  test('a deadlock: the reset is undone, tried again and carried out once', async () => {
    const { t } = await open()
    const { id } = await t.register('anna')
    await t.signIn('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const token = await t.newestToken(ANNA)
    const before = await engine.deadlocks(url)
    const other = await engine.begin(url)
    // The reset writes the person and then their sessions; this one the other way round.
    await other.run(`update auth_sessions set ip_address = '192.0.2.1' where user_id = '${id}'`)
    const resetting = t.mindmesh.password.reset(token, NEXT_PASSWORD)
    // InnoDB renews what it tells of its transactions only when nobody has asked for a tenth of a second.
    await vi.waitUntil(async () => engine.isWaiting(url), { ...SOON, interval: 250 })
    await other.run(`update users set last_signed_in_at = null where id = '${id}'`)
    await other.commit()
    expect(await resetting).toBeUndefined()
    await vi.waitUntil(async () => {
      // A connection of PostgreSQL tells the statistics of a deadlock when it is next used; unused, after ten seconds.
      await Promise.all(Array.from({ length: 10 }, async () => t.mindmesh.user.getById(id)))
      return (await engine.deadlocks(url)) === before + 1
    }, SOON)
    await expectSettled(t, rows)
  })
})
