import type { ExportAnswer } from '../routes/export-account.ts'
import type { MeAnswer } from '../routes/me.ts'
import type { RegisterBody } from '../routes/register.ts'
import type { BegunAnswer } from '../routes/oauth/begun.ts'
import type { ShownIdentity } from '../routes/oauth/identity.ts'
import type { OutcomeAnswer } from '../routes/oauth/outcome.ts'
import type { ProvidersAnswer } from '../routes/oauth/providers.ts'
import type { ShownSession } from '../routes/sessions.ts'
import type { AuthClientOptions } from './client-options.ts'

/** The password, asked for by `reauthentication_required`: the sign-in is too long ago for what is to be done. */
export interface Confirmation {
  readonly password?: string
}

/** What `login` gives. */
export type LoginStep<User> =
  | { readonly otpRequired: true; readonly challengeId: string | null }
  | { readonly otpRequired: false; readonly user: User }

/** Where to sign in, and where to go afterwards. */
export interface OAuthTarget {
  readonly provider: string
  readonly redirectTo?: string
}

/** A provider's answer, from the query of the callback's URL. */
export interface OAuthReply {
  readonly provider: string
  readonly state: string
  readonly code?: string
  readonly error?: string
  readonly iss?: string
  /** Token mode: `state` of what was begun. */
  readonly startedState?: string | null
}

/** What a provider's answer led to; tokens are kept by the client. */
export type OAuthOutcome<User> = WithoutTokens<OutcomeAnswer<User>>

type WithoutTokens<Answer> = Answer extends unknown ? Omit<Answer, 'tokens'> : never

/** The routes as functions. Tokens never show: they are in cookies or in the storage. */
export interface AuthClient<User, Profile> {
  /** Makes an account; resolves alike where the address has one. Go on with `login`. */
  register(input: RegisterBody<Profile>): Promise<void>
  /** The password step; a code goes out by mail. */
  login(input: { readonly email: string; readonly password: string }): Promise<LoginStep<User>>
  /** The code step. In token mode give `challengeId` of the step before. */
  verifyOtp(input: {
    /** In cookie mode the browser's cookie knows it. */
    readonly email?: string
    readonly code: string
    readonly challengeId?: string | null
  }): Promise<User>
  /** Ends the session here and on the server. Resolves, too, where it is over already. */
  logout(): Promise<void>
  me(): Promise<MeAnswer<User>>
  sessions(): Promise<readonly ShownSession[]>
  endSession(input: { readonly sessionId: string } & Confirmation): Promise<void>
  endOtherSessions(input?: Confirmation): Promise<void>
  /** Confirms the password: for 15 minutes nothing asks for it. */
  reauthenticate(input: { readonly password: string }): Promise<void>
  forgotPassword(input: { readonly email: string }): Promise<void>
  resetPassword(input: { readonly token: string; readonly newPassword: string }): Promise<void>
  changePassword(input: { readonly current: string; readonly next: string }): Promise<void>
  sendVerification(): Promise<void>
  confirmVerification(input: { readonly code: string }): Promise<void>
  requestEmailChange(input: { readonly newEmail: string } & Confirmation): Promise<void>
  confirmEmailChange(input: { readonly token: string }): Promise<void>
  undoEmailChange(input: { readonly token: string }): Promise<void>
  oauthProviders(): Promise<ProvidersAnswer['providers']>
  oauthIdentities(): Promise<readonly ShownIdentity[]>
  /** Begins a sign-in at a provider: send the browser to `url`. In token mode keep `state`. */
  startOAuth(input: OAuthTarget): Promise<BegunAnswer>
  /** Gives the provider's answer to the server, where the client received it itself. */
  completeOAuth(input: OAuthReply): Promise<OAuthOutcome<User>>
  /** Begins to add an identity, as `startOAuth` begins a sign-in. */
  linkOAuth(input: OAuthTarget & Confirmation): Promise<BegunAnswer>
  unlinkOAuth(
    input: { readonly provider: string; readonly subject?: string } & Confirmation,
  ): Promise<void>
  exportAccount(input?: Confirmation): Promise<ExportAnswer>
  deleteAccount(input?: Confirmation): Promise<void>
  /**
   * `fetch` for the app's own routes with the session shown, renewed where it has to be. Only for the origin of the
   * routes and for `apiOrigins`; others are a `TypeError`.
   */
  readonly fetch: NonNullable<AuthClientOptions['fetch']>
}
