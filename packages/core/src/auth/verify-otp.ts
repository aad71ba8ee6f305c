import type { Context } from '../context.ts'
import { AuthError, invalidInput } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseCode, parseEmail, parseId } from '../input.ts'
import { restsOn } from '../otp/basis.ts'
import { loginCodeFailures } from '../otp/code-failures.ts'
import { tryCode, type CodeTry } from '../otp/try-code.ts'
import type { AppModel, AuthMethod, CodeRecord, User } from '../ports/entities.ts'
import { completeSignIn, type SignedIn } from '../session/complete-sign-in.ts'

/** What `verifyOtp` is given. */
export interface VerifyOtpInput {
  readonly email: string
  readonly code: string
  readonly purpose: string
  /** From `login`. With it only that attempt's code counts, and a stranger cannot spend its tries. */
  readonly challengeId?: string | undefined
}

/**
 * The second step: the mailed code for a session. Throws `otp_invalid` with the tries left, `otp_expired`,
 * `rate_limited`, `password_reset_required`, `account_blocked`.
 */
export async function verifyOtp<App extends AppModel>(
  context: Context<App>,
  input: VerifyOtpInput,
): Promise<SignedIn<App>> {
  const { canonical: email } = parseEmail(input.email)
  const code = parseCode(input.code)
  const challengeId = parseChallenge(context, input.challengeId)
  if (input.purpose !== 'login') {
    throw invalidInput('purpose', 'not_login', 'Other codes than those of login: use otp.verify.')
  }
  const found = await context.store.users.findWithCode({ email, purpose: 'login' })
  if (found === null) throw new AuthError('otp_invalid')
  const attempt = attemptOf(found.user, found.code, challengeId)
  const limits = loginCodeFailures(context, found.user)
  const result = await tryCode(context, attempt, code, limits)
  if (result.status !== 'consumed') throw errorOf(result)
  const user = await proveAddress(context, found.user)
  return openOrThrow(context, user, firstMethods(found.code))
}

/** The code, unless it belongs to another attempt, or to one begun under an earlier password or address. */
function attemptOf(
  user: User,
  code: CodeRecord | null,
  challengeId: string | null,
): CodeRecord | null {
  if (code === null || !restsOn(user, code)) return null
  return challengeId === null || code.id === challengeId ? code : null
}

function parseChallenge({ config }: Context, given: string | undefined): string | null {
  if (given !== undefined) return parseId(given, 'challengeId')
  if (!config.requireLoginChallenge) return null
  throw invalidInput('challengeId', 'missing', 'challengeId must be given.')
}

async function openOrThrow<App extends AppModel>(
  context: Context<App>,
  user: App['user'],
  first: readonly AuthMethod[],
): Promise<SignedIn<App>> {
  const methods: readonly AuthMethod[] = [...first, 'otp']
  const result = await completeSignIn(context, { user, methods, refunds: [] })
  /* v8 ignore if -- @preserve Both factors are proven, so the gate cannot ask for more: only the types allow it. */
  if (result.otpRequired) throw new AuthError('conflict')
  const { accessToken, refreshToken } = result
  return { accessToken, refreshToken, user: result.user }
}

/** What was proven before the code was sent stands in its row. */
function firstMethods(code: CodeRecord | null): readonly AuthMethod[] {
  return code?.payload['methods'] === 'oauth' ? ['oauth'] : ['pwd']
}

function errorOf(result: CodeTry): AuthError {
  switch (result.status) {
    case 'mismatch':
      return new AuthError('otp_invalid', { attemptsLeft: result.attemptsLeft })
    case 'expired':
    case 'exhausted':
      return new AuthError('otp_expired')
    case 'not_found':
    case 'consumed':
      return new AuthError('otp_invalid')
  }
}

/** Whoever has the mailed code reads the mail of this address: it counts as verified from the first time on. */
async function proveAddress<App extends AppModel>(
  context: Context<App>,
  user: App['user'],
): Promise<App['user']> {
  if (user.emailVerifiedAt !== null) return user
  const at = context.clock.now()
  const event = createEvent(context, 'EMAIL_VERIFIED', { userId: user.id })
  const input = { userId: user.id, email: user.email, at }
  await context.store.users.markEmailVerified(input, { events: [event] })
  return { ...user, emailVerifiedAt: at }
}
