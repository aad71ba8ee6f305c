export { ConfigError, MailerError, OAuthProviderError, StoreError } from './ports/errors.ts'
export type { ConfigProblem, MailerErrorReason, OAuthProviderErrorReason } from './ports/errors.ts'

/** Stable and meant for programs; docs/errors.md explains each. */
export type AuthErrorCode =
  | 'invalid_input'
  | 'invalid_credentials'
  | 'email_taken'
  | 'otp_invalid'
  | 'otp_expired'
  | 'link_invalid'
  | 'link_expired'
  | 'rate_limited'
  | 'busy'
  | 'token_invalid'
  | 'token_expired'
  | 'session_revoked'
  | 'session_expired'
  | 'account_blocked'
  | 'password_reset_required'
  | 'reauthentication_required'
  | 'user_not_found'
  | 'session_not_found'
  | 'conflict'
  | 'oauth_state_invalid'
  | 'oauth_denied'
  | 'oauth_failed'
  | 'provider_unavailable'
  | 'account_linked_elsewhere'
  | 'email_not_verified'
  | 'identity_not_found'
  | 'last_way_in'

/** Every code with its HTTP status and the sentence that is fit to show. */
const ERRORS: Readonly<Record<AuthErrorCode, readonly [status: number, message: string]>> = {
  invalid_input: [400, 'Some of what was sent is not valid.'],
  invalid_credentials: [401, 'The e-mail address or the password is wrong.'],
  email_taken: [409, 'This e-mail address already has an account.'],
  otp_invalid: [401, 'This code is not right.'],
  otp_expired: [401, 'This code is no longer valid. Please ask for a new one.'],
  link_invalid: [400, 'This link is not valid or has been used. Please ask for a new one.'],
  link_expired: [400, 'This link is no longer valid. Please ask for a new one.'],
  rate_limited: [429, 'Too many tries. Please wait a while.'],
  busy: [503, 'We are very busy. Please try again in a moment.'],
  token_invalid: [401, 'Please sign in.'],
  token_expired: [401, 'Please sign in again.'],
  session_revoked: [401, 'This session has ended. Please sign in again.'],
  session_expired: [401, 'This session has ended. Please sign in again.'],
  account_blocked: [403, 'This account is blocked.'],
  password_reset_required: [403, 'Please choose a new password: use “Forgotten password”.'],
  reauthentication_required: [403, 'Please confirm your password first.'],
  user_not_found: [404, 'There is no such account.'],
  session_not_found: [404, 'There is no such session.'],
  conflict: [409, 'Something else changed at the same moment. Please try again.'],
  oauth_state_invalid: [400, 'This sign-in was begun elsewhere or is over. Please begin again.'],
  oauth_denied: [403, 'You did not allow the sign-in.'],
  oauth_failed: [401, 'Signing in with this provider did not work. Please try again.'],
  provider_unavailable: [503, 'This provider does not answer at the moment. Please try later.'],
  account_linked_elsewhere: [409, 'This identity already belongs to another account.'],
  email_not_verified: [403, 'Please confirm your e-mail address first.'],
  identity_not_found: [404, 'There is no such linked identity.'],
  last_way_in: [409, 'Nothing else is left to sign in with. Please choose a password first.'],
}

/** What an {@link AuthError} can say besides its code. */
export interface AuthErrorDetails {
  /** `invalid_input`: the path of the field, for example `password` or `profile.firstName`. */
  readonly field?: string
  /** `invalid_input`: a stable word for what is wrong, for example `too_short`. */
  readonly reason?: string
  /** Replaces the code's own message. */
  readonly message?: string
  /** `rate_limited` and `busy`: whole seconds, at least 1. */
  readonly retryAfterSeconds?: number
  /** `otp_invalid`: how many tries this code has left. */
  readonly attemptsLeft?: number
  readonly cause?: unknown
}

/** A failure that the caller can act on. Its message may be shown to a person and never holds a secret. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  /** The HTTP status that fits. */
  readonly status: number
  readonly field: string | null
  readonly reason: string | null
  readonly retryAfterSeconds: number | null
  readonly attemptsLeft: number | null

  constructor(code: AuthErrorCode, details: AuthErrorDetails = {}) {
    const [status, message] = ERRORS[code]
    super(details.message ?? message, 'cause' in details ? { cause: details.cause } : {})
    this.code = code
    this.status = status
    this.field = details.field ?? null
    this.reason = details.reason ?? null
    this.retryAfterSeconds = details.retryAfterSeconds ?? null
    this.attemptsLeft = details.attemptsLeft ?? null
  }
}

/** Bad input, named by its field. */
export function invalidInput(field: string, reason: string, message: string): AuthError {
  return new AuthError('invalid_input', { field, reason, message })
}
