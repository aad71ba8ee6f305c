import { getUserFromToken } from './auth/get-user-from-token.ts'
import { login } from './auth/login.ts'
import { refresh } from './auth/refresh.ts'
import { register } from './auth/register.ts'
import { readAccessToken } from './auth/verify-access-token.ts'
import { verifyOtp } from './auth/verify-otp.ts'
import type { Context } from './context.ts'
import type { AccessTokenClaims } from './crypto/access-token.ts'
import type { ConfigProblem } from './errors.ts'
import { listEvents, type EventQuery, type PageOf } from './events/list-events.ts'
import type { EventListener, EventSubscription, SubscribeOptions } from './events/subscription.ts'
import { parseId, parseLimit, parseObject } from './input.ts'
import type { MailCounts } from './mail/delivery.ts'
import { mailStatus, retryMail, type MailStatus } from './mail/mail-status.ts'
import { checkSchema } from './maintenance/check-schema.ts'
import { clockSkew } from './maintenance/clock-skew.ts'
import {
  importUsers,
  type ImportOptions,
  type ImportOutcome,
  type UserToImport,
} from './maintenance/import-users.ts'
import { applyMigrations, listMigrations } from './maintenance/migrations.ts'
import { prune } from './maintenance/prune.ts'
import { sendOtp } from './otp/send-otp.ts'
import { verifyOtpCode } from './otp/verify-otp-code.ts'
import { changePassword } from './password/change-password.ts'
import { requestReset } from './password/request-reset.ts'
import { resetPassword } from './password/reset-password.ts'
import { oauthApi, type OAuthApi } from './oauth/oauth-api.ts'
import type { AppModel, AuthEvent } from './ports/entities.ts'
import type { DeletedCounts, Migration } from './ports/store.ts'
import type { SignedIn, SignInResult } from './session/complete-sign-in.ts'
import { endSession } from './session/end-session.ts'
import {
  assertFresh,
  reauthenticate,
  type FreshAuthentication,
} from './session/fresh-authentication.ts'
import { listSessions, type Session } from './session/list-sessions.ts'
import { revokeAllSessions } from './session/revoke-all-sessions.ts'
import type { Tokens } from './session/tokens.ts'
import { blockUser, unblockUser } from './user/block-user.ts'
import { confirmEmailChange } from './user/confirm-email-change.ts'
import { deleteUser } from './user/delete-user.ts'
import { exportUser, type UserExport } from './user/export-user.ts'
import { getUserByEmail, getUserById, listUsers, type UserQuery } from './user/find-user.ts'
import { markEmailVerified } from './user/mark-email-verified.ts'
import { requestEmailChange } from './user/request-email-change.ts'
import { undoEmailChange } from './user/undo-email-change.ts'

/** The third argument of `register`: required as soon as the app's table has a required column of its own. */
export type ProfileArgument<Profile extends object> =
  Partial<Profile> extends Profile ? [profile?: Profile] : [profile: Profile]

/** Everything that an app calls. Every failure that it can act on is an `AuthError`. */
export interface MindmeshApi<App extends AppModel = AppModel> {
  readonly auth: AuthApi<App>
  readonly otp: OtpApi
  readonly password: PasswordApi
  readonly user: UserApi<App>
  readonly session: SessionApi
  readonly oauth: OAuthApi<App>
  readonly events: EventsApi
  readonly mail: MailApi
  readonly maintenance: MaintenanceApi<App>
}

/** Signing in and out. */
export interface AuthApi<App extends AppModel> {
  /** Makes an account. `profile` holds the app's own columns. Throws `email_taken`, `invalid_input`, `rate_limited`, `busy`. */
  register(
    email: string,
    password: string,
    ...profile: ProfileArgument<App['profile']>
  ): Promise<App['user']>
  /** The password step; a code goes out by mail. Throws `invalid_credentials`, `rate_limited`, `account_blocked`, `busy`. */
  login(email: string, password: string): Promise<SignInResult<App>>
  /** The code step. Give `challengeId` from `login`, so that only that attempt's code counts. Throws `otp_invalid`, `otp_expired`, `rate_limited`, `password_reset_required`, `account_blocked`. */
  verifyOtp(
    email: string,
    code: string,
    purpose: 'login',
    options?: { readonly challengeId?: string },
  ): Promise<SignedIn<App>>
  /** The claims, from the token alone: a session that ended counts until the token's 15 minutes are over. Throws `token_invalid`, `token_expired`. */
  verifyAccessToken(accessToken: string): Promise<AccessTokenClaims>
  /** The user, with one query (two through Prisma); refuses ended sessions and blocked accounts at once. */
  getUserFromToken(accessToken: string): Promise<App['user']>
  /** New tokens. Throws `token_invalid`, `session_revoked`, `session_expired`, `account_blocked`. */
  refresh(refreshToken: string): Promise<Tokens>
  /** Ends a session. Idempotent. */
  logout(sessionId: string): Promise<void>
}

/** Codes for purposes other than signing in: `email_verify` and the app's own. */
export interface OtpApi {
  /** Mails a code. Throws `rate_limited`, `invalid_input`. */
  send(email: string, purpose: string): Promise<void>
  /** Whether the code is right; it is used up. Throws `rate_limited`, `invalid_input`. */
  verify(email: string, code: string, purpose: string): Promise<boolean>
}

/** Passwords. */
export interface PasswordApi {
  /** Mails a reset link; answers alike for an address without an account. Throws `rate_limited`. */
  requestReset(email: string): Promise<void>
  /** Sets a new password by the mailed token, ends every session, and takes linked identities off where it replaces a password. Throws `link_invalid`, `link_expired`, `invalid_input`. */
  reset(token: string, newPassword: string): Promise<void>
  /** Replaces the password and ends the other sessions. Throws `invalid_credentials`, `invalid_input`, `rate_limited`. */
  change(
    userId: string,
    current: string,
    next: string,
    options?: { readonly keepSessionId?: string },
  ): Promise<void>
}

/** People. */
export interface UserApi<App extends AppModel> {
  getById(id: string): Promise<App['user'] | null>
  getByEmail(email: string): Promise<App['user'] | null>
  /** In the order in which they registered. */
  list(query?: UserQuery): Promise<PageOf<App['user']>>
  /** Ends every session at once. Throws `user_not_found`. */
  block(id: string, options?: { readonly reason?: string }): Promise<void>
  /** Throws `user_not_found`. */
  unblock(id: string): Promise<void>
  /** Throws `user_not_found`. */
  markEmailVerified(id: string): Promise<void>
  /** Mails a link to the new address. With a proof it also asks that the person is freshly authenticated. */
  requestEmailChange(id: string, newEmail: string, proof?: FreshAuthentication): Promise<void>
  /** Changes the address by the mailed token, ends every session, tells the old address how to undo it. */
  confirmEmailChange(token: string): Promise<App['user']>
  /** Takes an address change back by the token mailed to the old address. */
  undoEmailChange(token: string): Promise<void>
  /** Deletes the account. With a proof it also asks that the person is freshly authenticated. */
  delete(id: string, proof?: FreshAuthentication): Promise<void>
  /** Everything that the library holds on a person, with no secrets. */
  export(id: string): Promise<UserExport<App>>
}

/** Sessions. */
export interface SessionApi {
  /** The live ones, newest first. */
  list(userId: string): Promise<readonly Session[]>
  /** Ends one. Idempotent. */
  revoke(id: string): Promise<void>
  /** Ends all, or all but one. */
  revokeAll(userId: string, options?: { readonly except?: string }): Promise<void>
  /** Confirms the password within a session, which counts as fresh from then on. */
  reauthenticate(id: string, password: string): Promise<void>
  /** Throws `reauthentication_required` unless the proof is fresh. Ask it before your own sensitive actions. */
  assertFresh(userId: string, proof: FreshAuthentication): Promise<void>
}

/** The record of sensitive actions. */
export interface EventsApi {
  /** Newest first. */
  list(query?: EventQuery): Promise<PageOf<AuthEvent>>
  /** Hands every event to the listener after it was committed, at least once, until it is closed. Throws `invalid_input`. */
  subscribe(listener: EventListener, options?: SubscribeOptions): EventSubscription
}

/** Mail that waits. */
export interface MailApi {
  /** Sends what is due: for a worker or cron. @default limit 100 */
  deliverDue(options?: { readonly limit?: number }): Promise<MailCounts>
  /** What waits and what was given up, without its content. @default limit 50 */
  status(options?: { readonly limit?: number }): Promise<MailStatus>
  /** Sends now what waits for a later try: for when the mail server is well again. */
  retry(): Promise<MailCounts>
  /** Asks the mailer whether its settings work; `false` where it cannot tell. Rejects with its `MailerError`. */
  verify(): Promise<boolean>
}

/** Housekeeping. */
export interface MaintenanceApi<App extends AppModel = AppModel> {
  /** Deletes what is past its end. Run it daily. */
  prune(): Promise<DeletedCounts>
  /** Registers up to 500 people from another system, with their hashes and identities; see docs/moving-in.md. */
  importUsers(
    people: readonly UserToImport<App>[],
    options: ImportOptions,
  ): Promise<readonly ImportOutcome[]>
  /** How the database's tables differ from what is needed; empty where they do not. */
  checkSchema(): Promise<readonly ConfigProblem[]>
  /** The adapter's migrations; `null` where another tool changes the tables. */
  migrations(): Promise<readonly Migration[] | null>
  /** Applies the adapter's migrations that are not applied, and gives those. */
  migrate(): Promise<readonly Migration[]>
  /** Milliseconds by which the database's clock is ahead of this process's; `null` where it cannot be asked. */
  clockSkew(): Promise<number | null>
}

/** The API over a context that is asked for anew with each call. */
export function createApi<App extends AppModel>(context: () => Context<App>): MindmeshApi<App> {
  return {
    auth: authApi(context),
    otp: {
      send: async (email, purpose) => sendOtp(context(), { email, purpose }),
      verify: async (email, code, purpose) => verifyOtpCode(context(), { email, code, purpose }),
    },
    password: {
      requestReset: async (email) => requestReset(context(), { email }),
      reset: async (token, newPassword) => resetPassword(context(), { token, newPassword }),
      change: async (userId, current, next, options) => {
        const { keepSessionId } = parseObject(options, 'options')
        return changePassword(context(), { userId, current, next, keepSessionId })
      },
    },
    user: userApi(context),
    session: sessionApi(context),
    oauth: oauthApi(context),
    events: {
      list: async (query) => listEvents(context(), parseObject(query, 'query')),
      subscribe: (listener, options) => context().subscriptions.open(listener, options),
    },
    mail: mailApi(context),
    maintenance: {
      prune: async () => prune(context()),
      importUsers: async (people, options) => importUsers(context(), people, options),
      checkSchema: async () => checkSchema(context()),
      migrations: async () => listMigrations(context()),
      migrate: async () => applyMigrations(context()),
      clockSkew: async () => clockSkew(context()),
    },
  }
}

function authApi<App extends AppModel>(context: () => Context<App>): AuthApi<App> {
  return {
    register: async (email, password, ...[profile]) =>
      register(context(), { email, password, profile }),
    login: async (email, password) => login(context(), { email, password }),
    verifyOtp: async (email, code, purpose, options) => {
      const { challengeId } = parseObject(options, 'options')
      return verifyOtp(context(), { email, code, purpose, challengeId })
    },
    verifyAccessToken: async (accessToken) => readAccessToken(context(), accessToken),
    getUserFromToken: async (accessToken) => getUserFromToken(context(), accessToken),
    refresh: async (refreshToken) => refresh(context(), refreshToken),
    logout: async (sessionId) => endSession(context(), sessionId, 'logout'),
  }
}

function userApi<App extends AppModel>(context: () => Context<App>): UserApi<App> {
  return {
    getById: async (id) => getUserById(context(), id),
    getByEmail: async (email) => getUserByEmail(context(), email),
    list: async (query) => listUsers(context(), parseObject(query, 'query')),
    block: async (id, options) => blockUser(context(), id, parseObject(options, 'options').reason),
    unblock: async (id) => unblockUser(context(), id),
    markEmailVerified: async (id) => markEmailVerified(context(), id),
    requestEmailChange: async (userId, newEmail, proof) =>
      requestEmailChange(context(), { userId, newEmail, proof }),
    confirmEmailChange: async (token) => confirmEmailChange(context(), token),
    undoEmailChange: async (token) => undoEmailChange(context(), token),
    delete: async (id, proof) => deleteUser(context(), id, proof),
    export: async (id) => exportUser(context(), id),
  }
}

function sessionApi(context: () => Context): SessionApi {
  return {
    list: async (userId) => listSessions(context(), userId),
    revoke: async (id) => endSession(context(), id, 'revoked'),
    revokeAll: async (userId, options) =>
      revokeAllSessions(context(), userId, parseObject(options, 'options').except),
    reauthenticate: async (sessionId, password) =>
      reauthenticate(context(), { sessionId, password }),
    assertFresh: async (userId, proof) => {
      await assertFresh(context(), parseId(userId, 'userId'), proof)
    },
  }
}

function mailApi(context: () => Context): MailApi {
  return {
    deliverDue: async (options) => {
      const { limit } = parseObject(options, 'options')
      return context().delivery.deliverDue(parseLimit(limit, 100, 10_000))
    },
    status: async (options) => mailStatus(context(), parseObject(options, 'options').limit),
    retry: async () => retryMail(context()),
    verify: async () => context().delivery.verify(),
  }
}
