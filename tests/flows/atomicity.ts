import type { AuthEventType, MailTemplate, MindmeshAuth } from '@mindmesh/auth'
import type { AuthStore } from '@mindmesh/auth/ports'
import { expect } from 'vitest'
import { failingEffects } from '../support/failing-effects.ts'
import { fakeProvider, personAt } from '../support/fake-provider.ts'
import type { FlowTest } from '../support/flow-test.ts'
import {
  ANNA,
  NEXT_PASSWORD,
  PASSWORD,
  testInstance,
  type TestInstance,
} from '../support/instance.ts'
import { wrongCode } from '../support/wrong-code.ts'

const NEW = 'new@example.com'
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1'

/** Makes something ready on a healthy store; gives what is then tried on one that cannot write. */
type Scenario = (t: TestInstance, id: string) => Promise<Attempt>
type Attempt = (mindmesh: MindmeshAuth) => Promise<unknown>

/** What a flow has done in a step of its own before the one that fails: a used link stays used. */
interface EarlierSteps {
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
const OAUTH = {
  providers: [hub],
  config: { urls: { oauthCallback: 'https://app.test/:provider' } },
} as const

/** The same store and clock, with a provider. */
function withOAuth({ store, clock }: TestInstance): TestInstance {
  return testInstance(store, { ...OAUTH, clock })
}

async function consenting(t: TestInstance): Promise<Attempt> {
  const start = await withOAuth(t).mindmesh.oauth.authorize('hub')
  const answer = hub.consent(start, personAt(ANNA))
  return async ({ oauth }) => oauth.callback('hub', answer)
}

const EVENTS: Readonly<Record<Exclude<AuthEventType, 'MAIL_FAILED'>, [Scenario, EarlierSteps?]>> = {
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

const MAILS: Readonly<Record<MailTemplate, [Scenario, EarlierSteps?]>> = {
  login_code: EVENTS.OTP_SENT,
  otp_code: [
    async () =>
      async ({ otp }) =>
        otp.send(ANNA, 'checkout'),
  ],
  password_reset: EVENTS.PASSWORD_RESET_REQUESTED,
  password_reset_completed: EVENTS.PASSWORD_RESET_COMPLETED,
  password_changed: EVENTS.PASSWORD_CHANGED,
  new_sign_in: [
    async (t) => {
      const code = await openCode(t)
      return async (mindmesh) =>
        mindmesh.withContext({ userAgent: SAFARI }).auth.verifyOtp(ANNA, code, 'login')
    },
    { spends: 'login', leaves: 'OTP_VERIFIED' },
  ],
  email_change: EVENTS.EMAIL_CHANGE_REQUESTED,
  email_changed: EVENTS.EMAIL_CHANGED,
  email_change_undone: EVENTS.EMAIL_CHANGE_UNDONE,
  account_blocked: EVENTS.ACCOUNT_BLOCKED,
  registration_attempt: EVENTS.REGISTRATION_FAILED,
  oauth_linked: EVENTS.OAUTH_LINKED,
  oauth_unlinked: EVENTS.OAUTH_UNLINKED,
}

/** A change, its event and its mail are written together or not at all. */
export function atomicity(test: FlowTest): void {
  test.for(Object.entries(EVENTS))(
    'atomic: where %s cannot be written, nothing else is',
    async ([type, [scenario, earlier]], { t }) => {
      await expectNothing(t, { scenario, earlier, isBroken: (row) => row.type === type })
    },
  )

  test.for(Object.entries(MAILS))(
    'atomic: where the mail %s cannot be written, nothing else is',
    async ([template, [scenario, earlier]], { t }) => {
      await expectNothing(t, { scenario, earlier, isBroken: (row) => row.template === template })
    },
  )
}

async function expectNothing(
  t: TestInstance,
  input: {
    readonly scenario: Scenario
    readonly earlier: EarlierSteps | undefined
    readonly isBroken: Parameters<typeof failingEffects>[1]
  },
): Promise<void> {
  const { id } = await t.register('anna')
  const attempt = await input.scenario(t, id)
  await t.mindmesh.mail.deliverDue()
  const { spends, leaves } = input.earlier ?? {}
  const before = await stateOf(t.store, spends)
  // Events of two instances sort by their time.
  t.clock.advance({ seconds: 1 })
  const broken = withOAuth({ ...t, store: failingEffects(t.store, input.isBroken) })
  await expect(attempt(broken.mindmesh)).rejects.not.toHaveProperty('name', 'AuthError')
  const after = await stateOf(t.store, spends)
  expect(after.people).toEqual(before.people)
  const extra = after.events.slice(0, after.events.length - before.events.length)
  expect(extra.map((event) => event.type)).toEqual(leaves === undefined ? [] : [leaves])
  expect(after.events.slice(extra.length)).toEqual(before.events)
  expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
  expect(await broken.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
  // The store was the only thing in the way.
  const healthy = withOAuth(t)
  if (spends === undefined) await attempt(healthy.mindmesh).catch(assertAuthError)
}

function assertAuthError(error: unknown): void {
  expect(error).toHaveProperty('name', 'AuthError')
}

/** Everything that a store tells of people, sessions, codes (but for used ones) and events. */
async function stateOf(store: AuthStore, spends: string | undefined) {
  const users = await store.users.list({ after: null, limit: 100 })
  const perUser = users.map(async ({ id }) => ({
    credentials: await store.users.findCredentials(id),
    sessions: await store.sessions.listAll(id),
    identities: await store.accounts.listByUser(id),
    codes: (await store.codes.listByUser(id)).filter((code) => code.purpose !== spends),
  }))
  const query = { userId: null, type: null, from: null, before: null, limit: 1000 }
  return { people: await Promise.all(perUser), events: await store.events.list(query) }
}
