import { expect } from 'vitest'
import { codeOf, outcomeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { answeringStore } from '../support/wrapped-store.ts'

const NOBODY = '01900000-0000-7000-8000-000000000000'

/** Signs in and gives the session's id besides. */
async function openSession(t: TestInstance, name = 'anna') {
  const signedIn = await t.signIn(name)
  const { sessionId } = await t.mindmesh.auth.verifyAccessToken(signedIn.accessToken)
  return { ...signedIn, sessionId }
}

/** The life of sessions. */
export function sessions(test: FlowTest): void {
  test('session: ends after 72 hours without a refresh', async ({ t }) => {
    const { id } = await t.register('anna')
    const { refreshToken } = await openSession(t)
    t.clock.advance({ seconds: 72 * 3600 - 1 })
    expect(await t.mindmesh.session.list(id)).toHaveLength(1)
    const next = await t.mindmesh.auth.refresh(refreshToken)
    t.clock.advance({ hours: 72 })
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await codeOf(t.mindmesh.auth.refresh(next.refreshToken))).toBe('session_expired')
  })

  test('session: ends after seven days, however often it is refreshed', async ({ t }) => {
    const { id } = await t.register('anna')
    let { refreshToken } = await openSession(t)
    for (let day = 0; day < 3; day += 1) {
      t.clock.advance({ hours: 48 })
      ;({ refreshToken } = await t.mindmesh.auth.refresh(refreshToken))
    }
    t.clock.advance({ seconds: 24 * 3600 - 1 })
    const last = await t.mindmesh.auth.refresh(refreshToken)
    t.clock.advance({ seconds: 1 })
    expect(await codeOf(t.mindmesh.auth.refresh(last.refreshToken))).toBe('session_expired')
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(last.accessToken))).toBe('session_expired')
    expect(await t.mindmesh.session.list(id)).toEqual([])
  })

  test('session: the access token is over after its fifteen minutes', async ({ t }) => {
    await t.register('anna')
    const { accessToken } = await openSession(t)
    t.clock.advance({ seconds: 899 })
    expect(await outcomeOf(t.mindmesh.auth.getUserFromToken(accessToken))).toBe('ok')
    t.clock.advance({ seconds: 1 })
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(accessToken))).toBe('token_expired')
    expect(await codeOf(t.mindmesh.auth.verifyAccessToken(accessToken))).toBe('token_expired')
  })

  test('session: the list has the live ones of one person, newest first', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    const first = await openSession(t)
    const second = await openSession(t)
    const third = await openSession(t)
    await openSession(t, 'berta')
    await t.mindmesh.auth.logout(second.sessionId)
    const list = await t.mindmesh.session.list(id)
    expect(list.map((s) => s.id)).toEqual([third.sessionId, first.sessionId])
    expect(JSON.stringify(list)).not.toMatch(/salt|generation/i)
    expect(await t.mindmesh.session.list(NOBODY)).toEqual([])
  })

  test('session: one is ended by revoke; again, or an unknown one, changes nothing', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const one = await openSession(t)
    const two = await openSession(t)
    await t.mindmesh.session.revoke(one.sessionId)
    await t.mindmesh.session.revoke(one.sessionId)
    await t.mindmesh.session.revoke(NOBODY)
    await t.mindmesh.auth.logout(NOBODY)
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(one.accessToken))).toBe('session_revoked')
    expect(await outcomeOf(t.mindmesh.auth.getUserFromToken(two.accessToken))).toBe('ok')
    expect((await t.eventTypes(id)).filter((type) => type === 'SESSION_REVOKED')).toHaveLength(1)
  })

  test('session: revokeAll ends all of one person, or all but one', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    const kept = await openSession(t)
    await openSession(t)
    const berta = await openSession(t, 'berta')
    await t.mindmesh.session.revokeAll(id, { except: kept.sessionId })
    expect((await t.mindmesh.session.list(id)).map((s) => s.id)).toEqual([kept.sessionId])
    await t.mindmesh.session.revokeAll(id)
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await outcomeOf(t.mindmesh.auth.getUserFromToken(berta.accessToken))).toBe('ok')
  })

  test('session: lifetimes are options', async ({ t }) => {
    const short = testInstance(t.store, {
      clock: t.clock,
      config: { sessionDays: 1, sessionIdleHours: 2, accessTokenMinutes: 1 },
    })
    await short.register('anna')
    const { accessToken, refreshToken } = await short.signIn('anna')
    t.clock.advance({ minutes: 1 })
    expect(await codeOf(short.mindmesh.auth.verifyAccessToken(accessToken))).toBe('token_expired')
    t.clock.advance({ minutes: 119 })
    expect(await codeOf(short.mindmesh.auth.refresh(refreshToken))).toBe('session_expired')
  })

  fresh(test)
}

function fresh(test: FlowTest): void {
  test('fresh authentication: is asked for after fifteen minutes, and a confirmed password renews it', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const { sessionId } = await openSession(t)
    const { session, user } = t.mindmesh
    t.clock.advance({ seconds: 899 })
    await session.assertFresh(id, { sessionId })
    t.clock.advance({ seconds: 1 })
    expect(await codeOf(session.assertFresh(id, { sessionId }))).toBe('reauthentication_required')
    const change = user.requestEmailChange(id, 'new@example.com', { sessionId })
    expect(await codeOf(change)).toBe('reauthentication_required')
    expect(await codeOf(user.delete(id, { sessionId }))).toBe('reauthentication_required')
    expect(await codeOf(session.reauthenticate(sessionId, 'wrong password'))).toBe(
      'invalid_credentials',
    )
    await session.reauthenticate(sessionId, PASSWORD)
    await session.assertFresh(id, { sessionId })
    const [renewed] = await session.list(id)
    expect(renewed?.authenticatedAt).toEqual(t.clock.now())
    await user.requestEmailChange(id, 'new@example.com', { sessionId })
    await user.delete(id, { sessionId })
  })

  test('fresh authentication: the password will do, in place of a session', async ({ t }) => {
    const { id } = await t.register('anna')
    expect(await t.mindmesh.session.assertFresh(id, { password: PASSWORD })).toBeUndefined()
    expect(await codeOf(t.mindmesh.user.delete(id, { password: 'wrong password' }))).toBe(
      'invalid_credentials',
    )
    await t.mindmesh.user.delete(id, { password: PASSWORD })
    expect(await codeOf(t.mindmesh.session.assertFresh(id, { password: PASSWORD }))).toBe(
      'user_not_found',
    )
  })

  test('fresh authentication: an ended session, another’s or none is no proof', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    const mine = await openSession(t)
    const theirs = await openSession(t, 'berta')
    const { session } = t.mindmesh
    expect(await codeOf(session.assertFresh(id, theirs))).toBe('session_revoked')
    expect(await codeOf(session.assertFresh(id, { sessionId: NOBODY }))).toBe('session_revoked')
    await t.mindmesh.auth.logout(mine.sessionId)
    expect(await codeOf(session.assertFresh(id, { sessionId: mine.sessionId }))).toBe(
      'session_revoked',
    )
    expect(await codeOf(session.reauthenticate(mine.sessionId, PASSWORD))).toBe('session_revoked')
    expect(await codeOf(session.reauthenticate(NOBODY, PASSWORD))).toBe('session_revoked')
    t.clock.advance({ hours: 72 })
    expect(await codeOf(session.reauthenticate(theirs.sessionId, PASSWORD))).toBe('session_expired')
  })

  test('fresh authentication: a session that ends meanwhile is not renewed', async ({ t }) => {
    await t.register('anna')
    const { sessionId } = await openSession(t)
    const late = testInstance(answeringStore(t.store, 'sessions.markAuthenticated', 'stale'), {
      clock: t.clock,
    })
    expect(await codeOf(late.mindmesh.session.reauthenticate(sessionId, PASSWORD))).toBe(
      'session_revoked',
    )
  })
}
