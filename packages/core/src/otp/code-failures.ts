import type { Context } from '../context.ts'
import type { AuthErrorCode } from '../errors.ts'
import type { User } from '../ports/entities.ts'
import type { Hit } from '../ports/store.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'

/** The limits on wrong codes, and what a limit means that waiting does not heal. */
export interface CodeFailureLimits {
  readonly hits: readonly Hit[]
  readonly codes: ReadonlyMap<string, AuthErrorCode>
}

/**
 * Wrong sign-in codes count for the account by day and for the password's whole life (NIST SP 800-63B-4 §3.2.2:
 * at most 100). The keys hold the password's version, so a reset clears both in the step that sets the password.
 */
export function loginCodeFailures(context: Context, user: User): CodeFailureLimits {
  const subject = `${user.id}:${user.passwordVersion}`
  const life = limitHit(context, 'codeFailuresPerPassword', subject)
  return {
    hits: [limitHit(context, 'codeFailuresPerDay', `login:${subject}`), life],
    codes: new Map([[life.key, 'password_reset_required']]),
  }
}

/** Wrong codes of another purpose count for the address by day. */
export function otpFailures(context: Context, purpose: string, email: string): CodeFailureLimits {
  return {
    hits: [limitHit(context, 'codeFailuresPerDay', `${purpose}:${email}`)],
    codes: new Map(),
  }
}
