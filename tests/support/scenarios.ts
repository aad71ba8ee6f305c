import type { AuthEventType, MailTemplate, MindmeshAuth } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'
import { fakeProvider, personAt } from './fake-provider.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, testInstance, type TestInstance } from './instance.ts'
import { wrongCode } from './wrong-code.ts'

const NEW = 'new@example.com'
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1'

/** Makes something ready on a healthy store; gives what is then tried on one that cannot write. */
export type Scenario = (t: TestInstance, id: string) => Promise<Attempt>
/** The call itself; it can be made on another instance over the same store. */
export type Attempt = (mindmesh: MindmeshAuth) => Promise<unknown>

/** What a flow has done in a step of its own before the one that fails: a used link stays used. */
export interface EarlierSteps {
  readonly spends?: string
  readonly leaves?: AuthEventType
}

async function openSession(t: TestInstance): Promise<{ refreshToken: string; sessionId: string }> {
  const { accessToken, refreshToken } = await t.signIn('anna')
  const { sessionId } = await t.mindmesh.auth.verifyAccessToken(accessToken)
  return { refreshToken, sessionId }
}

async function openCode(t: TestInstance): Promise<string> {
  await openSession(t)
  return (await t.startLogin('anna')).code
}

async function resetting(t: TestInstance): Promise<Attempt> {
  await openCode(t)
  await t.mindmesh.password.requestReset(ANNA)
  const token = await t.newestToken(ANNA)
  return async ({ password }) => password.reset(token, NEXT_PASSWORD)
}

async function changing(t: TestInstance, id: string): Promise<Attempt> {
  await openCode(t)
  await t.mindmesh.user.requestEmailChange(id, NEW)
  const token = await t.newestToken(NEW)
  return async ({ user }) => user.confirmEmailChange(token)
}

async function undoing(t: TestInstance, id: string): Promise<Attempt> {
  await (
    await changing(t, id)
  )(t.mindmesh)
  const token = await t.newestToken(ANNA)
  return async ({ user }) => user.undoEmailChange(token)
}

const hub = fakeProvider('hub')
/** The options of an instance with that provider. */
export const OAUTH = {
  providers: [hub],
  config: { urls: { oauthCallback: 'https://app.test/:provider' } },
} as const

/** The same store and clock, with a provider. */
export function withOAuth({ store, clock }: TestInstance): TestInstance {
  return testInstance(store, { ...OAUTH, clock })
}

async function consenting(t: TestInstance): Promise<Attempt> {
  const start = await withOAuth(t).mindmesh.oauth.authorize('hub')
  const answer = hub.consent(start, personAt(ANNA))
  return async ({ oauth }) => oauth.callback('hub', answer)
}

/** A way to each event, for Anna, who is registered; `id` is hers. */
export const scenariosByEvent: Readonly<
  Record<Exclude<AuthEventType, 'MAIL_FAILED'>, [Scenario, EarlierSteps?]>
> = {
  REGISTRATION_SUCCESS: [
    async () =>
      async ({ auth }) =>
        auth.register(NEW, PASSWORD),
  ],
  REGISTRATION_FAILED: [
    async () =>
      async ({ auth }) =>
        auth.register(ANNA, PASSWORD),
  ],
  LOGIN_FAILED: [
    async () =>
      async ({ auth }) =>
        auth.login(ANNA, 'wrong password'),
  ],
  LOGIN_SUCCESS: [
    async (t) => {
      await t.mindmesh.user.markEmailVerified((await t.mindmesh.user.getByEmail(ANNA))?.id ?? '')
      const { code } = await t.startLogin('anna')
      return async ({ auth }) => auth.verifyOtp(ANNA, code, 'login')
    },
    { spends: 'login', leaves: 'OTP_VERIFIED' },
  ],
  OTP_SENT: [
    async () =>
      async ({ auth }) =>
        auth.login(ANNA, PASSWORD),
  ],
  OTP_FAILED: [
    async (t) => {
      const code = await openCode(t)
      return async ({ auth }) => auth.verifyOtp(ANNA, wrongCode(code), 'login')
    },
  ],
  OTP_VERIFIED: [
    async (t) => {
      const code = await openCode(t)
      return async ({ auth }) => auth.verifyOtp(ANNA, code, 'login')
    },
  ],
  EMAIL_VERIFIED: [
    async (_, id) =>
      async ({ user }) =>
        user.markEmailVerified(id),
  ],
  SESSION_REFRESHED: [
    async (t) => {
      const { refreshToken } = await openSession(t)
      return async ({ auth }) => auth.refresh(refreshToken)
    },
  ],
  REFRESH_TOKEN_REUSED: [
    async (t) => {
      const { refreshToken } = await openSession(t)
      await t.mindmesh.auth.refresh(refreshToken)
      t.clock.advance({ minutes: 1 })
      return async ({ auth }) => auth.refresh(refreshToken)
    },
  ],
  LOGOUT: [
    async (t) => {
      const { sessionId } = await openSession(t)
      return async ({ auth }) => auth.logout(sessionId)
    },
  ],
  SESSION_REVOKED: [
    async (t, id) => {
      await openSession(t)
      return async ({ session }) => session.revokeAll(id)
    },
  ],
  REAUTHENTICATED: [
    async (t) => {
      const { sessionId } = await openSession(t)
      t.clock.advance({ minutes: 1 })
      return async ({ session }) => session.reauthenticate(sessionId, PASSWORD)
    },
  ],
  REAUTHENTICATION_FAILED: [
    async (t) => {
      const { sessionId } = await openSession(t)
      return async ({ session }) => session.reauthenticate(sessionId, 'wrong password')
    },
  ],
  PASSWORD_RESET_REQUESTED: [
    async () =>
      async ({ password }) =>
        password.requestReset(ANNA),
  ],
  PASSWORD_RESET_COMPLETED: [resetting, { spends: 'password_reset' }],
  PASSWORD_CHANGED: [
    async (t, id) => {
      await openCode(t)
      return async ({ password }) => password.change(id, PASSWORD, NEXT_PASSWORD)
    },
  ],
  PASSWORD_CHANGE_FAILED: [
    async (_, id) =>
      async ({ password }) =>
        password.change(id, 'wrong password', NEXT_PASSWORD),
  ],
  ACCOUNT_BLOCKED: [
    async (t, id) => {
      await openCode(t)
      return async ({ user }) => user.block(id)
    },
  ],
  ACCOUNT_UNBLOCKED: [
    async (t, id) => {
      await t.mindmesh.user.block(id)
      return async ({ user }) => user.unblock(id)
    },
  ],
  EMAIL_CHANGE_REQUESTED: [
    async (_, id) =>
      async ({ user }) =>
        user.requestEmailChange(id, NEW),
  ],
  EMAIL_CHANGED: [changing, { spends: 'email_change' }],
  EMAIL_CHANGE_UNDONE: [undoing, { spends: 'email_change_undo' }],
  ACCOUNT_DELETED: [
    async (t, id) => {
      await openCode(t)
      return async ({ user }) => user.delete(id)
    },
  ],
  ACCOUNT_IMPORTED: [
    async () => {
      const passwordHash = await fastHasher().hash(PASSWORD)
      return async ({ maintenance }) =>
        maintenance.importUsers([{ id: 'user_1', email: NEW, passwordHash }], { source: 'lucia' })
    },
  ],
  ACCOUNT_EXPORTED: [
    async (_, id) =>
      async ({ user }) =>
        user.export(id),
  ],
  OAUTH_LINKED: [
    async (t) => {
      await openCode(t)
      return consenting(t)
    },
  ],
  ACCOUNT_CLAIMED: [consenting],
  OAUTH_UNLINKED: [
    async (t, id) => {
      await openCode(t)
      await (
        await consenting(t)
      )(withOAuth(t).mindmesh)
      return async ({ oauth }) => oauth.unlink(id, 'hub')
    },
  ],
  OAUTH_FAILED: [
    async (t) => {
      const { state } = await withOAuth(t).mindmesh.oauth.authorize('hub')
      const refusal = { state, browserState: state, error: 'access_denied' }
      return async ({ oauth }) => oauth.callback('hub', refusal)
    },
  ],
}

/** A way to each mail. */
export const scenariosByMail: Readonly<Record<MailTemplate, [Scenario, EarlierSteps?]>> = {
  login_code: scenariosByEvent.OTP_SENT,
  otp_code: [
    async () =>
      async ({ otp }) =>
        otp.send(ANNA, 'checkout'),
  ],
  password_reset: scenariosByEvent.PASSWORD_RESET_REQUESTED,
  password_reset_completed: scenariosByEvent.PASSWORD_RESET_COMPLETED,
  password_changed: scenariosByEvent.PASSWORD_CHANGED,
  new_sign_in: [
    async (t) => {
      const code = await openCode(t)
      return async (mindmesh) =>
        mindmesh.withContext({ userAgent: SAFARI }).auth.verifyOtp(ANNA, code, 'login')
    },
    { spends: 'login', leaves: 'OTP_VERIFIED' },
  ],
  email_change: scenariosByEvent.EMAIL_CHANGE_REQUESTED,
  email_changed: scenariosByEvent.EMAIL_CHANGED,
  email_change_undone: scenariosByEvent.EMAIL_CHANGE_UNDONE,
  account_blocked: scenariosByEvent.ACCOUNT_BLOCKED,
  registration_attempt: scenariosByEvent.REGISTRATION_FAILED,
  oauth_linked: scenariosByEvent.OAUTH_LINKED,
  oauth_unlinked: scenariosByEvent.OAUTH_UNLINKED,
}
