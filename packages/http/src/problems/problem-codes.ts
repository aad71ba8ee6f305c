import type { AuthErrorCode } from '@mindmesh/auth'

/** What this package refuses by itself, before or after the library was asked. */
export type RequestProblemCode =
  | 'not_signed_in'
  | 'foreign_origin'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'internal_error'
  | 'store_unavailable'

/** Every `code` that an answer can have. */
export type ProblemCode = AuthErrorCode | RequestProblemCode

/** The statuses of refused requests. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503

/** What a code means over HTTP. */
export interface ProblemKind {
  readonly status: ProblemStatus
  /** Short, and the same for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string
}

/** Total: a code that the library gains does not compile until it stands here. */
export const PROBLEM_KINDS: Readonly<Record<ProblemCode, ProblemKind>> = {
  invalid_input: { status: 400, title: 'Invalid input' },
  invalid_credentials: { status: 401, title: 'Wrong address or password' },
  email_taken: { status: 409, title: 'Address taken' },
  otp_invalid: { status: 401, title: 'Wrong code' },
  otp_expired: { status: 401, title: 'Code no longer valid' },
  link_invalid: { status: 400, title: 'Link not valid' },
  link_expired: { status: 400, title: 'Link no longer valid' },
  rate_limited: { status: 429, title: 'Too many tries' },
  busy: { status: 503, title: 'Busy' },
  token_invalid: { status: 401, title: 'Token not valid' },
  token_expired: { status: 401, title: 'Access token expired' },
  session_revoked: { status: 401, title: 'Session ended' },
  session_expired: { status: 401, title: 'Session expired' },
  account_blocked: { status: 403, title: 'Account blocked' },
  password_reset_required: { status: 403, title: 'Password reset required' },
  reauthentication_required: { status: 403, title: 'Confirmation required' },
  user_not_found: { status: 404, title: 'No such account' },
  session_not_found: { status: 404, title: 'No such session' },
  conflict: { status: 409, title: 'Conflict' },
  oauth_state_invalid: { status: 400, title: 'Sign-in no longer valid' },
  oauth_denied: { status: 403, title: 'Sign-in not allowed' },
  oauth_failed: { status: 401, title: 'Sign-in failed' },
  provider_unavailable: { status: 503, title: 'Provider unavailable' },
  account_linked_elsewhere: { status: 409, title: 'Identity belongs to another account' },
  email_not_verified: { status: 403, title: 'Address not verified' },
  identity_not_found: { status: 404, title: 'No such identity' },
  last_way_in: { status: 409, title: 'Last way in' },
  not_signed_in: { status: 401, title: 'Not signed in' },
  foreign_origin: { status: 403, title: 'Foreign origin' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  body_too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  internal_error: { status: 500, title: 'Internal error' },
  store_unavailable: { status: 503, title: 'Temporarily unavailable' },
}
