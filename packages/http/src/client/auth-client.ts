import type { ExportAnswer } from '../routes/export-account.ts'
import type { MeAnswer } from '../routes/me.ts'
import type { RegisterBody } from '../routes/register.ts'
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

/** The routes as functions. Tokens never show: they are in cookies or in the storage. */
export interface AuthClient<User, Profile> {
  /** Makes an account; resolves alike where the address has one. Go on with `login`. */
  register(input: RegisterBody<Profile>): Promise<void>
  /** The password step; a code goes out by mail. */
  login(input: { readonly email: string; readonly password: string }): Promise<LoginStep<User>>
  /** The code step. In token mode give `challengeId` of the step before. */
  verifyOtp(input: {
    readonly email: string
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
  exportAccount(input?: Confirmation): Promise<ExportAnswer>
  deleteAccount(input?: Confirmation): Promise<void>
  /**
   * `fetch` for the app's own routes with the session shown, renewed where it has to be. Only for the origin of the
   * routes and for `apiOrigins`; others are a `TypeError`.
   */
  readonly fetch: NonNullable<AuthClientOptions['fetch']>
}
