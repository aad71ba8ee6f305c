import type { AuthEvent, AuthEventType, MindmeshApi } from '@mindmesh/auth'
import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, type TestInstance } from '../support/instance.ts'
import { wrongCode } from '../support/wrong-code.ts'

const REQUEST = { ipAddress: '192.0.2.1', userAgent: 'Mozilla/5.0 Firefox/128.0' }
const NEW = 'new@example.com'

/** What is known of an event beforehand. */
interface Expected {
  readonly type: AuthEventType
  readonly userId: string | null
  readonly sessionId?: string
  readonly metadata?: AuthEvent['metadata']
  readonly ipAddress?: null
  readonly userAgent?: null
}

/** A person, and the API bound to their request. */
interface Scene {
  readonly t: TestInstance
  readonly api: MindmeshApi
  readonly id: string
  /** The events that an action leaves must be these and no others, in this order. */
  readonly leaves: <Result>(
    action: () => Promise<Result>,
    expected: readonly Expected[],
  ) => Promise<Result>
}

async function sceneOf(t: TestInstance): Promise<Scene> {
  const api = t.mindmesh.withContext(REQUEST)
  const { id } = await t.register('anna')
  const all = async (): Promise<readonly AuthEvent[]> =>
    (await t.mindmesh.events.list({ limit: 500 })).items.toReversed()
  return {
    t,
    api,
    id,
    async leaves(action, expected) {
      const before = (await all()).length
      t.clock.advance({ seconds: 1 })
      const result = await action()
      expect((await all()).slice(before)).toEqual(
        expected.map((event) => ({
          id: expect.any(String),
          sessionId: null,
          metadata: {},
          createdAt: t.clock.now(),
          ...REQUEST,
          ...event,
        })),
      )
      return result
    },
  }
}

/** Each event where it should be, once, and nowhere else. */
export function events(test: FlowTest): void {
  test('events: of registering', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const berta = await leaves(async () => {
      const user = await api.auth.register('berta@example.com', PASSWORD)
      return user
    }, [{ type: 'REGISTRATION_SUCCESS', userId: expect.any(String) }])
    expect((await t.mindmesh.events.list({ userId: berta.id })).items).toHaveLength(1)
    await leaves(
      async () => codeOf(api.auth.register(ANNA, PASSWORD)),
      [{ type: 'REGISTRATION_FAILED', userId: id, metadata: { reason: 'email_taken' } }],
    )
    await leaves(async () => codeOf(api.auth.register(ANNA, 'short')), [])
  })

  test('events: of signing in', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const { auth } = api
    await leaves(
      async () => codeOf(auth.login('nobody@example.com', PASSWORD)),
      [{ type: 'LOGIN_FAILED', userId: null, metadata: { reason: 'unknown_address' } }],
    )
    await leaves(
      async () => codeOf(auth.login(ANNA, 'wrong password')),
      [{ type: 'LOGIN_FAILED', userId: id, metadata: { reason: 'wrong_password' } }],
    )
    const login = { purpose: 'login' }
    const sent: Expected = { type: 'OTP_SENT', userId: id, metadata: login }
    await leaves(async () => auth.login(ANNA, PASSWORD), [sent])
    const code = await t.newestCode(ANNA)
    await leaves(
      async () => codeOf(auth.verifyOtp(ANNA, wrongCode(code), 'login')),
      [{ type: 'OTP_FAILED', userId: id, metadata: login }],
    )
    const success: Expected = {
      type: 'LOGIN_SUCCESS',
      userId: id,
      sessionId: expect.any(String),
      metadata: { methods: 'pwd otp' },
    }
    const verified: Expected = { type: 'OTP_VERIFIED', userId: id, metadata: login }
    await leaves(
      async () => auth.verifyOtp(ANNA, code, 'login'),
      [verified, { type: 'EMAIL_VERIFIED', userId: id }, success],
    )
    await leaves(async () => codeOf(auth.verifyOtp(ANNA, code, 'login')), [])
    await leaves(async () => auth.login(ANNA, PASSWORD), [sent])
    const next = await t.newestCode(ANNA)
    await leaves(async () => auth.verifyOtp(ANNA, next, 'login'), [verified, success])
    await leaves(async () => auth.login(ANNA, PASSWORD), [sent])
    await leaves(async () => codeOf(auth.login(ANNA, PASSWORD)), [])
    await api.user.block(id)
    await leaves(
      async () => codeOf(auth.login(ANNA, PASSWORD)),
      [{ type: 'LOGIN_FAILED', userId: id, metadata: { reason: 'account_blocked' } }],
    )
  })

  test('events: of a session', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const first = await t.signIn('anna')
    const { sessionId } = await api.auth.verifyAccessToken(first.accessToken)
    const about = { userId: id, sessionId }
    await leaves(async () => api.auth.getUserFromToken(first.accessToken), [])
    const second = await leaves(
      async () => api.auth.refresh(first.refreshToken),
      [{ type: 'SESSION_REFRESHED', ...about }],
    )
    await leaves(async () => api.auth.refresh(first.refreshToken), [])
    await leaves(
      async () => codeOf(api.session.reauthenticate(sessionId, 'wrong password')),
      [{ type: 'REAUTHENTICATION_FAILED', userId: id, metadata: { reason: 'wrong_password' } }],
    )
    await leaves(
      async () => api.session.reauthenticate(sessionId, PASSWORD),
      [{ type: 'REAUTHENTICATED', ...about }],
    )
    await leaves(async () => api.session.assertFresh(id, { sessionId }), [])
    await leaves(
      async () => api.auth.refresh(second.refreshToken),
      [{ type: 'SESSION_REFRESHED', ...about }],
    )
    await leaves(
      async () => codeOf(api.auth.refresh(first.refreshToken)),
      [
        {
          type: 'REFRESH_TOKEN_REUSED',
          ...about,
          metadata: { generation: 1, current: 3 },
        },
      ],
    )
    await leaves(async () => codeOf(api.auth.refresh(first.refreshToken)), [])
    await leaves(async () => api.auth.logout(sessionId), [])
  })

  test('events: of ending sessions', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const open = async (): Promise<string> => {
      const { accessToken } = await t.signIn('anna')
      return (await api.auth.verifyAccessToken(accessToken)).sessionId
    }
    const [one, two] = [await open(), await open()]
    await leaves(async () => api.auth.logout(one), [{ type: 'LOGOUT', userId: id, sessionId: one }])
    await leaves(async () => api.auth.logout(one), [])
    await leaves(
      async () => api.session.revoke(two),
      [{ type: 'SESSION_REVOKED', userId: id, sessionId: two }],
    )
    await leaves(async () => api.session.revoke(two), [])
    await leaves(
      async () => api.session.revokeAll(id, { except: two }),
      [{ type: 'SESSION_REVOKED', userId: id, metadata: { scope: 'others' } }],
    )
    await leaves(
      async () => api.session.revokeAll(id),
      [{ type: 'SESSION_REVOKED', userId: id, metadata: { scope: 'all' } }],
    )
  })

  test('events: of passwords', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const { password } = api
    await leaves(
      async () => password.requestReset('nobody@example.com'),
      [{ type: 'PASSWORD_RESET_REQUESTED', userId: null }],
    )
    await leaves(
      async () => password.requestReset(ANNA),
      [{ type: 'PASSWORD_RESET_REQUESTED', userId: id }],
    )
    const token = await t.newestToken(ANNA)
    await leaves(async () => codeOf(password.reset(token, 'short')), [])
    await leaves(
      async () => password.reset(token, NEXT_PASSWORD),
      [{ type: 'PASSWORD_RESET_COMPLETED', userId: id }],
    )
    await leaves(async () => codeOf(password.reset(token, NEXT_PASSWORD)), [])
    await leaves(
      async () => codeOf(password.change(id, PASSWORD, 'a third long password')),
      [{ type: 'PASSWORD_CHANGE_FAILED', userId: id, metadata: { reason: 'wrong_password' } }],
    )
    await leaves(
      async () => password.change(id, NEXT_PASSWORD, PASSWORD),
      [{ type: 'PASSWORD_CHANGED', userId: id }],
    )
  })

  test('events: of an account', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const { user } = api
    await leaves(async () => user.markEmailVerified(id), [{ type: 'EMAIL_VERIFIED', userId: id }])
    await leaves(async () => user.markEmailVerified(id), [])
    await leaves(
      async () => user.block(id, { reason: 'fraud' }),
      [{ type: 'ACCOUNT_BLOCKED', userId: id, metadata: { reason: 'fraud' } }],
    )
    await leaves(async () => user.block(id), [])
    await leaves(async () => user.unblock(id), [{ type: 'ACCOUNT_UNBLOCKED', userId: id }])
    await leaves(async () => user.unblock(id), [])
    await leaves(
      async () => user.requestEmailChange(id, NEW),
      [{ type: 'EMAIL_CHANGE_REQUESTED', userId: id }],
    )
    const confirm = await t.newestToken(NEW)
    await leaves(
      async () => user.confirmEmailChange(confirm),
      [{ type: 'EMAIL_CHANGED', userId: id }],
    )
    const undo = await t.newestToken(ANNA)
    await leaves(
      async () => user.undoEmailChange(undo),
      [{ type: 'EMAIL_CHANGE_UNDONE', userId: id }],
    )
    await leaves(async () => user.export(id), [{ type: 'ACCOUNT_EXPORTED', userId: id }])
    await leaves(
      async () => user.delete(id),
      [{ type: 'ACCOUNT_DELETED', userId: id, ipAddress: null, userAgent: null }],
    )
  })

  test('events: of codes of the app’s own', async ({ t }) => {
    const { api, leaves, id } = await sceneOf(t)
    const { otp } = api
    await leaves(
      async () => otp.send(ANNA, 'email_verify'),
      [{ type: 'OTP_SENT', userId: id, metadata: { purpose: 'email_verify' } }],
    )
    const code = await t.newestCode(ANNA)
    await leaves(
      async () => otp.verify(ANNA, wrongCode(code), 'email_verify'),
      [{ type: 'OTP_FAILED', userId: id, metadata: { purpose: 'email_verify' } }],
    )
    await leaves(
      async () => otp.verify(ANNA, code, 'email_verify'),
      [
        { type: 'OTP_VERIFIED', userId: id, metadata: { purpose: 'email_verify' } },
        { type: 'EMAIL_VERIFIED', userId: id },
      ],
    )
    await leaves(
      async () => otp.send('guest@example.com', 'checkout'),
      [{ type: 'OTP_SENT', userId: null, metadata: { purpose: 'checkout' } }],
    )
    const own = await t.newestCode('guest@example.com')
    await leaves(
      async () => otp.verify('guest@example.com', wrongCode(own), 'checkout'),
      [{ type: 'OTP_FAILED', userId: null, metadata: { purpose: 'checkout' } }],
    )
    await leaves(
      async () => otp.verify('guest@example.com', own, 'checkout'),
      [{ type: 'OTP_VERIFIED', userId: null, metadata: { purpose: 'checkout' } }],
    )
  })
}
