import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance } from '../support/instance.ts'
import { inTurn } from '../support/times.ts'
import { wrappedStore } from '../support/wrapped-store.ts'

const NOBODY = '01900000-0000-7000-8000-000000000000'

/** Looking people up, giving their data out, deleting them. */
export function people(test: FlowTest): void {
  test('user: is found by id and by address, or not at all', async ({ t }) => {
    const user = await t.register('anna')
    expect(await t.mindmesh.user.getById(user.id.toUpperCase())).toEqual(user)
    expect(await t.mindmesh.user.getByEmail(' ANNA@example.com')).toEqual(user)
    expect(await t.mindmesh.user.getById(NOBODY)).toBeNull()
    expect(await t.mindmesh.user.getByEmail('nobody@example.com')).toBeNull()
  })

  test('user: marking an address as verified, again, changes nothing', async ({ t }) => {
    const { id } = await t.register('anna')
    const at = t.clock.now()
    await t.mindmesh.user.markEmailVerified(id)
    t.clock.advance({ minutes: 1 })
    await t.mindmesh.user.markEmailVerified(id)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ emailVerifiedAt: at })
    expect(await t.eventTypes(id)).toEqual(['REGISTRATION_SUCCESS', 'EMAIL_VERIFIED'])
  })

  test('lists: pages follow one another without gap or repeat', async ({ t }) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await t.register(name)
    const { user, events } = t.mindmesh
    const first = await user.list({ limit: 3 })
    const second = await user.list({ limit: 3, cursor: first.nextCursor })
    const names = [...first.items, ...second.items].map((u) => u.email[0])
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(second.nextCursor).toBeNull()
    expect((await user.list({ limit: 5 })).nextCursor).toBeNull()
    const newest = await events.list({ limit: 2 })
    const older = await events.list({ limit: 500, cursor: newest.nextCursor })
    expect([...newest.items, ...older.items]).toEqual((await events.list()).items)
    expect(older.items).toHaveLength(3)
  })

  test('lists: events are chosen by time, type and person', async ({ t }) => {
    const { id } = await t.register('anna')
    t.clock.advance({ minutes: 1 })
    const at = t.clock.now()
    await t.register('berta')
    await codeOf(t.mindmesh.auth.login(ANNA, 'wrong password'))
    const { events } = t.mindmesh
    expect((await events.list({ since: at })).items).toHaveLength(2)
    expect((await events.list({ until: at })).items).toHaveLength(1)
    t.clock.advance({ seconds: -1 })
    expect((await events.list({ since: t.clock.now(), until: at })).items).toEqual([])
    expect((await events.list({ userId: id })).items).toHaveLength(2)
    expect((await events.list({ type: 'LOGIN_FAILED' })).items).toHaveLength(1)
    expect((await events.list({ userId: id, type: 'LOGOUT' })).items).toEqual([])
    const { items } = await events.list({ limit: 1 })
    const cursor = items[0]?.id ?? null
    expect((await events.list({ cursor, until: at })).items).toHaveLength(1)
  })

  test('export: holds everything on a person and no secret', async ({ t }) => {
    const user = await t.register('anna')
    await t.register('berta')
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.9', userAgent: 'curl/8' })
    const { code } = await t.startLogin('anna')
    const { refreshToken } = await api.auth.verifyOtp(ANNA, code, 'login')
    const { sessionId } = await api.auth.verifyAccessToken(
      (await api.auth.refresh(refreshToken)).accessToken,
    )
    await api.auth.logout(sessionId)
    await t.mindmesh.otp.send(ANNA, 'checkout')
    await t.mindmesh.password.requestReset(ANNA)
    const exported = await t.mindmesh.user.export(user.id)
    expect(Object.keys(exported).toSorted()).toEqual([
      'events',
      'exportedAt',
      'identities',
      'openCodes',
      'sessions',
      'user',
    ])
    expect(exported.user).toMatchObject({ email: ANNA })
    expect(exported.sessions).toMatchObject([{ id: sessionId, revokedAt: t.clock.now() }])
    const purposes = exported.openCodes.map(({ purpose }) => purpose)
    expect(purposes.toSorted()).toEqual(['checkout', 'password_reset'])
    expect(exported.events.map((e) => e.type).toReversed()).toEqual(await t.eventTypes(user.id))
    expect(exported.events[0]).toMatchObject({ type: 'ACCOUNT_EXPORTED' })
    expect(JSON.stringify(exported)).not.toMatch(/passwordHash|secretHash|refreshSalt|test\$/)
    expect(await codeOf(t.mindmesh.user.export(NOBODY))).toBe('user_not_found')
  })

  test('export: open codes stand in the order in which they were made', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    await t.mindmesh.password.requestReset(ANNA)
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    const { openCodes } = await t.mindmesh.user.export(id)
    expect(openCodes.map((code) => code.purpose)).toEqual(['password_reset', 'login'])
  })

  test('export: reads on until the last event', async ({ t }) => {
    const { id } = await t.register('anna')
    await inTurn(4, async () => codeOf(t.mindmesh.auth.login(ANNA, 'wrong password')))
    // A page of two in place of five hundred: the library asks for more where a page is full.
    const paged = wrappedStore(t.store, async ({ name, args, proceed }) => {
      if (name !== 'events.list') return proceed()
      const page = await proceed([{ ...Object(args[0]), limit: 2 }])
      return Array.isArray(page) && page.length === 2 ? fullPage(page) : page
    })
    const { mindmesh } = testInstance(paged, { clock: t.clock })
    const { events } = await mindmesh.user.export(id)
    expect(new Set(events.map((event) => event.id)).size).toBe(6)
  })

  test('deletion: everything goes but the events, which lose address and user agent', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const api = t.mindmesh.withContext({ ipAddress: '192.0.2.9', userAgent: 'curl/8' })
    await api.auth.login(ANNA, PASSWORD)
    const code = await t.newestCode(ANNA)
    await api.user.delete(id)
    expect(await t.mindmesh.user.getById(id)).toBeNull()
    const { items } = await t.mindmesh.events.list({ userId: id })
    expect(items.map((e) => e.type).toReversed()).toEqual([
      'REGISTRATION_SUCCESS',
      'OTP_SENT',
      'ACCOUNT_DELETED',
    ])
    expect(items.every((e) => e.ipAddress === null && e.userAgent === null)).toBe(true)
    expect(await codeOf(t.mindmesh.user.delete(id))).toBe('user_not_found')
    const again = await t.register('anna')
    expect(again.id).not.toBe(id)
    expect(await codeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login'))).toBe('otp_invalid')
    expect((await t.mindmesh.user.export(again.id)).openCodes).toEqual([])
  })
}

/** Fills a page up to five hundred by repeating its last row, so that it counts as a full one. */
function fullPage(page: readonly unknown[]): readonly unknown[] {
  return [...page, ...Array.from({ length: 500 - page.length }, () => page.at(-1))]
}
