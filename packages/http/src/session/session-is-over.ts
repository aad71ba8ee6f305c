import { AuthError } from '@mindmesh/auth'

const OVER: readonly string[] = [
  'token_invalid',
  'session_revoked',
  'session_expired',
  'account_blocked',
  // A cookie that never was one of our tokens.
  'invalid_input',
]

/** Whether an error of `auth.refresh` says that the session is over for good, not only that it failed this time. */
export function sessionIsOver(error: unknown): error is AuthError {
  return error instanceof AuthError && OVER.includes(error.code)
}
