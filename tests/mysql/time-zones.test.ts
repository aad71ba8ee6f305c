import { contractContext } from '@mindmesh/auth-adapter-kit'
import type { RowDataPacket } from 'mysql2/promise'
import { describe, afterEach, expect, test } from 'vitest'
import { hasMysql, openMysql } from '../support/mysql.ts'

const processZone = process.env['TZ']
afterEach(() => {
  if (processZone === undefined) delete process.env['TZ']
  else process.env['TZ'] = processZone
})

/** An hour that clocks in Berlin leave out, and one that they have twice. */
const MOMENTS = ['2026-03-29T01:30:00.007Z', '2026-10-25T00:30:00.999Z'].map((at) => new Date(at))

/** What the driver turns dates into, the server's time zone of the session, the process's, its offset in March. */
const zones = [
  { timezone: 'local', session: 'SYSTEM', process: 'Europe/Berlin', offset: -120 },
  { timezone: 'Z', session: '+13:00', process: 'America/St_Johns', offset: 150 },
  { timezone: '+05:30', session: '-11:00', process: 'Asia/Kolkata', offset: -330 },
  { timezone: '-03:00', session: '+00:00', process: 'UTC', offset: 0 },
] as const

describe.runIf(hasMysql)('time zones of mysql', () => {
  test.each(zones)('moments: are kept as UTC to the millisecond, %j', async (zone) => {
    process.env['TZ'] = zone.process
    expect(new Date('2026-03-29T01:30:00Z').getTimezoneOffset()).toBe(zone.offset)
    const { store, pool, close } = await openMysql({
      pool: { timezone: zone.timezone },
      session: [`set session time_zone = '${zone.session}'`],
    })
    for (const at of MOMENTS) {
      const { make, now } = contractContext(store, { now: at })
      const email = `${at.getTime()}@example.com`
      const user = make.newUser({ email, emailVerifiedAt: make.at(1) })
      const input = { user, profile: {}, account: null, reservation: make.reservation() }
      await store.users.register(input, {})
      expect(await store.users.findById(user.id)).toMatchObject({
        createdAt: at,
        emailVerifiedAt: make.at(1),
      })
      const [rows] = await pool.query<RowDataPacket[]>(
        'select cast(created_at as char) as text from users where id = ?',
        [user.id],
      )
      expect(rows).toEqual([{ text: at.toISOString().replace('T', ' ').replace('Z', '') }])
      const hit = make.hit({ key: email, limit: 1, windowSeconds: 3600 })
      await store.rateLimits.hit({ hits: [hit], refunds: [], now })
      const again = { hits: [hit], refunds: [], now: make.at(3_599_999) }
      const limited = { status: 'limited', key: hit.key, resetsAt: make.at(3_600_000) }
      expect(await store.rateLimits.hit(again)).toEqual(limited)
      const later = { hits: [hit], refunds: [], now: make.at(3_600_000) }
      expect(await store.rateLimits.hit(later)).toEqual({ status: 'allowed' })
      const next = { ...limited, resetsAt: make.at(7_200_000) }
      expect(await store.rateLimits.hit(later)).toEqual(next)
    }
    await close()
  })
})
