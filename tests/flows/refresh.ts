import { expect } from 'vitest'
import { codeOf, tally } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { testInstance } from '../support/instance.ts'
import { atOnce } from '../support/times.ts'
import { answeringStore, interruptedStore } from '../support/wrapped-store.ts'

/** Rotating refresh tokens. */
export function refresh(test: FlowTest): void {
  test('refresh: ten at once with one token get the same successor, and one rotation is recorded', async ({
    t,
  }) => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const all = await atOnce(10, async () => t.mindmesh.auth.refresh(refreshToken))
    expect(new Set(all.map((tokens) => tokens.refreshToken)).size).toBe(1)
    expect(tally(await t.eventTypes())).toMatchObject({ SESSION_REFRESHED: 1 })
    const [first] = all
    expect(await t.mindmesh.auth.refresh(first?.refreshToken ?? '')).toHaveProperty('accessToken')
  })

  test('refresh: a lost answer can be asked again within ten seconds, and again', async ({ t }) => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    t.clock.advance({ hours: 1 })
    const first = await t.mindmesh.auth.refresh(refreshToken)
    t.clock.advance({ seconds: 9 })
    const second = await t.mindmesh.auth.refresh(refreshToken)
    expect(second.refreshToken).toBe(first.refreshToken)
    expect(await t.mindmesh.auth.getUserFromToken(second.accessToken)).toHaveProperty('id')
    expect(tally(await t.eventTypes())).toMatchObject({ SESSION_REFRESHED: 1 })
  })

  test('refresh: the token before the current one ends the session after ten seconds', async ({
    t,
  }) => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const first = await t.mindmesh.auth.refresh(refreshToken)
    t.clock.advance({ seconds: 10 })
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.refresh(first.refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(first.accessToken))).toBe(
      'session_revoked',
    )
    const { items } = await t.mindmesh.events.list({ type: 'REFRESH_TOKEN_REUSED' })
    expect(items).toMatchObject([{ metadata: { generation: 1, current: 2 } }])
  })

  test('refresh: any older generation ends the session at once, and only that one', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const stolen = await t.signIn('anna')
    const other = await t.signIn('anna')
    const second = await t.mindmesh.auth.refresh(stolen.refreshToken)
    const third = await t.mindmesh.auth.refresh(second.refreshToken)
    expect(await codeOf(t.mindmesh.auth.refresh(stolen.refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.refresh(third.refreshToken))).toBe('session_revoked')
    expect(await t.mindmesh.session.list(id)).toHaveLength(1)
    expect(await t.mindmesh.auth.refresh(other.refreshToken)).toHaveProperty('accessToken')
    expect(tally(await t.eventTypes())).toMatchObject({ REFRESH_TOKEN_REUSED: 1 })
  })

  test('refresh: no grace where the app wants none', async ({ t }) => {
    const strict = testInstance(t.store, { clock: t.clock, config: { refreshGraceSeconds: 0 } })
    await strict.register('anna')
    const { refreshToken } = await strict.signIn('anna')
    await strict.mindmesh.auth.refresh(refreshToken)
    expect(await codeOf(strict.mindmesh.auth.refresh(refreshToken))).toBe('session_revoked')
  })

  test('refresh: one that loses the race reads again and gets the winner’s successor', async ({
    t,
  }) => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const winners: string[] = []
    const racing = interruptedStore(t.store, 'sessions.rotate', async () => {
      winners.push((await t.mindmesh.auth.refresh(refreshToken)).refreshToken)
    })
    const loser = testInstance(racing, { clock: t.clock })
    const tokens = await loser.mindmesh.auth.refresh(refreshToken)
    expect([tokens.refreshToken]).toEqual(winners)
    expect(tally(await t.eventTypes())).toMatchObject({ SESSION_REFRESHED: 1 })
  })

  test('refresh: one that loses again and again says conflict and ends nothing', async ({ t }) => {
    await t.register('anna')
    const { refreshToken } = await t.signIn('anna')
    const losing = answeringStore(t.store, 'sessions.rotate', 'stale')
    const loser = testInstance(losing, { clock: t.clock })
    expect(await codeOf(loser.mindmesh.auth.refresh(refreshToken))).toBe('conflict')
    expect(await t.mindmesh.auth.refresh(refreshToken)).toHaveProperty('refreshToken')
  })

  test('refresh: a forged token is refused and changes nothing', async ({ t }) => {
    await t.register('anna')
    const { refreshToken, accessToken } = await t.signIn('anna')
    const bytes = Buffer.from(refreshToken, 'base64url')
    for (const at of [0, 15, 23, 31, 32, 95]) {
      const forged = Buffer.from(bytes)
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(await codeOf(t.mindmesh.auth.refresh(forged.toString('base64url')))).toBe(
        'token_invalid',
      )
    }
    expect(await t.mindmesh.auth.getUserFromToken(accessToken)).toHaveProperty('id')
    expect(await t.mindmesh.auth.refresh(refreshToken)).toHaveProperty('refreshToken')
  })

  test('refresh: the token of a deleted person is worth nothing', async ({ t }) => {
    const { id } = await t.register('anna')
    const { refreshToken, accessToken } = await t.signIn('anna')
    await t.mindmesh.user.delete(id)
    expect(await codeOf(t.mindmesh.auth.refresh(refreshToken))).toBe('token_invalid')
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(accessToken))).toBe('session_revoked')
  })
}
