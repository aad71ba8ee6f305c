import type { MindmeshAuth } from '@mindmesh/auth'
import { expect } from 'vitest'
import { codeOf, outcomeOf, tally } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import {
  ANNA,
  NEXT_PASSWORD,
  PASSWORD,
  testInstance,
  type TestInstance,
} from '../support/instance.ts'
import { atOnce } from '../support/times.ts'
import { interruptedStore } from '../support/wrapped-store.ts'

/** What several callers at once, or one in between, cannot get. */
export function races(test: FlowTest): void {
  test('race: of 16 callers at once for one address one gets it', async ({ t }) => {
    const answers = await atOnce(16, async () => outcomeOf(t.register('anna')))
    expect(tally(answers)).toEqual({ ok: 1, email_taken: 15 })
    expect((await t.mindmesh.user.list()).items).toHaveLength(1)
    expect(tally(await t.eventTypes())).toEqual({
      REGISTRATION_SUCCESS: 1,
      REGISTRATION_FAILED: 15,
    })
  })

  test('race: of 16 right codes at once one opens a session', async ({ t }) => {
    const { id } = await t.register('anna')
    const { code } = await t.startLogin('anna')
    const answers = await atOnce(16, async () =>
      outcomeOf(t.mindmesh.auth.verifyOtp(ANNA, code, 'login')),
    )
    expect(tally(answers)).toMatchObject({ ok: 1 })
    expect(await t.mindmesh.session.list(id)).toHaveLength(1)
    expect(tally(await t.eventTypes())).toMatchObject({ OTP_VERIFIED: 1, LOGIN_SUCCESS: 1 })
  })

  test('race: of eight right codes of the app’s own at once one is true', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    const code = await t.newestCode(ANNA)
    const answers = await atOnce(8, async () => t.mindmesh.otp.verify(ANNA, code, 'checkout'))
    expect(answers.filter(Boolean)).toHaveLength(1)
  })

  test('race: of eight uses of a link at once one goes on', async ({ t }) => {
    const { id } = await t.register('anna')
    const { password, user } = t.mindmesh
    const onlyOne = async (use: (n: number) => Promise<unknown>): Promise<void> => {
      const answers = await atOnce(8, async (n) => outcomeOf(use(n)))
      expect(tally(answers)).toMatchObject({ ok: 1 })
    }
    await password.requestReset(ANNA)
    const reset = await t.newestToken(ANNA)
    await onlyOne(async (n) => password.reset(reset, `another long password ${n}`))
    expect(await user.getById(id)).toMatchObject({ passwordVersion: 1 })
    await user.requestEmailChange(id, 'new@example.com')
    const confirm = await t.newestToken('new@example.com')
    await onlyOne(async () => user.confirmEmailChange(confirm))
    const undo = await t.newestToken(ANNA)
    await onlyOne(async () => user.undoEmailChange(undo))
    expect(tally(await t.eventTypes())).toMatchObject({
      PASSWORD_RESET_COMPLETED: 1,
      EMAIL_CHANGED: 1,
      EMAIL_CHANGE_UNDONE: 1,
    })
  })

  test('race: of several who end, block or delete at once one leaves an event', async ({ t }) => {
    const { id } = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    await atOnce(8, async () => t.mindmesh.auth.logout(sessionId))
    await atOnce(8, async () => t.mindmesh.user.block(id))
    await atOnce(8, async () => t.mindmesh.user.unblock(id))
    const deleted = await atOnce(8, async () => outcomeOf(t.mindmesh.user.delete(id)))
    expect(tally(deleted)).toEqual({ ok: 1, user_not_found: 7 })
    expect(tally(await t.eventTypes())).toMatchObject({
      LOGOUT: 1,
      ACCOUNT_BLOCKED: 1,
      ACCOUNT_UNBLOCKED: 1,
      ACCOUNT_DELETED: 1,
    })
  })

  const interruptions: readonly [
    string,
    string,
    (t: TestInstance, id: string) => Promise<(mindmesh: MindmeshAuth) => Promise<unknown>>,
  ][] = [
    [
      'a block',
      'account_blocked',
      async (_, id) =>
        async ({ user }) =>
          user.block(id),
    ],
    [
      'a reset',
      'invalid_credentials',
      async (t) => {
        await t.mindmesh.password.requestReset(ANNA)
        const token = await t.newestToken(ANNA)
        return async ({ password }) => password.reset(token, NEXT_PASSWORD)
      },
    ],
    [
      'an address change',
      'invalid_credentials',
      async (t, id) => {
        await t.mindmesh.user.requestEmailChange(id, 'new@example.com')
        const token = await t.newestToken('new@example.com')
        return async ({ user }) => user.confirmEmailChange(token)
      },
    ],
    [
      'a deletion',
      'invalid_credentials',
      async (_, id) =>
        async ({ user }) =>
          user.delete(id),
    ],
  ]
  test.for(interruptions)(
    'race: %s between the right code and the session wins',
    async ([, expected, prepare], { t }) => {
      const { id } = await t.register('anna')
      const act = await prepare(t, id)
      const { code, challengeId } = await t.startLogin('anna')
      const racing = interruptedStore(t.store, 'sessions.open', async () => act(t.mindmesh))
      const late = testInstance(racing, { clock: t.clock })
      const attempt = late.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
      expect(await codeOf(attempt)).toBe(expected)
      await t.mindmesh.user.unblock(id).catch(() => undefined)
      expect(await t.mindmesh.session.list(id)).toEqual([])
      expect(tally(await t.eventTypes())).not.toHaveProperty('LOGIN_SUCCESS')
      const { items } = await t.mindmesh.events.list({ type: 'LOGIN_FAILED' })
      const reason = expected === 'account_blocked' ? expected : 'changed_meanwhile'
      expect(items).toMatchObject([{ userId: id, metadata: { reason } }])
    },
  )

  overtaken(test)

  test('race: a block and a right code at once leave no session', async ({ t }) => {
    const { id } = await t.register('anna')
    const { code } = await t.startLogin('anna')
    await Promise.allSettled([
      t.mindmesh.auth.verifyOtp(ANNA, code, 'login'),
      t.mindmesh.user.block(id),
    ])
    await t.mindmesh.user.unblock(id)
    expect(await t.mindmesh.session.list(id)).toEqual([])
  })
}

const NEW = 'new@example.com'

/** Makes something ready; gives what then happens to the account. */
type Change = (t: TestInstance, id: string) => Promise<() => Promise<unknown>>

const CHANGES: Readonly<Record<string, Change>> = {
  'a new password': async (t, id) => async () =>
    t.mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD),
  'a new address': async (t, id) => {
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    return async () => t.mindmesh.user.confirmEmailChange(token)
  },
}

/** What is begun before a change and written after it, so that the change cannot void it. */
function overtaken(test: FlowTest): void {
  /** An instance on which the change happens right before its next code or link is written. */
  const overtakenBy = async (t: TestInstance, change: string): Promise<TestInstance> => {
    const { id } = await t.register('anna')
    const act = await CHANGES[change]?.(t, id)
    const racing = interruptedStore(t.store, 'codes.issue', async () => {
      await act?.()
      await t.mindmesh.mail.deliverDue()
    })
    return testInstance(racing, { clock: t.clock })
  }

  test.for(Object.keys(CHANGES))(
    'race: a sign-in that %s overtakes gives a code that opens nothing',
    async (change, { t }) => {
      const late = await overtakenBy(t, change)
      const { challengeId, code } = await late.startLogin('anna')
      for (const email of [ANNA, NEW]) {
        for (const options of [{ challengeId }, {}]) {
          const attempt = t.mindmesh.auth.verifyOtp(email, code, 'login', options)
          expect(await codeOf(attempt)).toBe('otp_invalid')
        }
      }
      expect(tally(await t.eventTypes())).not.toHaveProperty('LOGIN_SUCCESS')
    },
  )

  test.for(Object.keys(CHANGES))(
    'race: a reset request that %s overtakes gives a link that sets nothing',
    async (change, { t }) => {
      const late = await overtakenBy(t, change)
      await late.mindmesh.password.requestReset(ANNA)
      const token = await late.newestToken(ANNA)
      const reset = t.mindmesh.password.reset(token, 'a third long password')
      expect(await codeOf(reset)).toBe('link_invalid')
    },
  )

  test('race: an address change that a new password overtakes gives a link that changes nothing', async ({
    t,
  }) => {
    const late = await overtakenBy(t, 'a new password')
    const { id } = (await t.mindmesh.user.getByEmail(ANNA)) ?? { id: '' }
    await late.mindmesh.user.requestEmailChange(id, NEW)
    const token = await late.newestToken(NEW)
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
  })

  test('race: a new password between the proof and the link of an address change wins', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
    for (const proof of [{ sessionId }, { password: PASSWORD }]) {
      const racing = interruptedStore(t.store, 'users.findById', async () => {
        await t.mindmesh.password.change(id, PASSWORD, NEXT_PASSWORD, { keepSessionId: sessionId })
        await t.mindmesh.password.change(id, NEXT_PASSWORD, PASSWORD, { keepSessionId: sessionId })
      })
      const late = testInstance(racing, { clock: t.clock })
      await late.mindmesh.user.requestEmailChange(id, NEW, proof)
      const token = await late.newestToken(NEW)
      expect(await codeOf(t.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
    }
  })
}
