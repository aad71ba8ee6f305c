import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseEmail, parsePassword } from '../input.ts'
import { verifyCounted } from '../password/verify-counted.ts'
import type { AppModel } from '../ports/entities.ts'
import type { Credentials } from '../ports/store.ts'
import { countOrThrow } from '../rate-limit/count.ts'
import { ipHits, limitHit } from '../rate-limit/limit-keys.ts'
import { completeSignIn, type SignInResult } from '../session/complete-sign-in.ts'

/** What `login` is given. */
export interface LoginInput {
  readonly email: string
  readonly password: string
}

/**
 * The password step. An unknown address, a wrong password and a blocked account with a wrong password get the same
 * answer after the same work. Throws `invalid_credentials`, `rate_limited`, `busy`, `account_blocked` (right
 * password only).
 */
export async function login<App extends AppModel>(
  context: Context<App>,
  input: LoginInput,
): Promise<SignInResult<App>> {
  const { canonical: email } = parseEmail(input.email)
  const password = parsePassword(input.password)
  // Counted as a failure beforehand, so that guesses made at once are all counted; given back if it was right.
  const failure = limitHit(context, 'loginFailures', email)
  const hits = [...ipHits(context, 'loginPerIp'), failure]
  await countOrThrow(context, hits)
  const found = await context.store.users.findForSignIn(email)
  const passwordHash = found?.passwordHash ?? null
  const isRight = await verifyCounted(context, { passwordHash, password, hits })
  if (found === null || found.passwordHash === null || !isRight) return refuse(context, found)
  await upgradeHash(context, found.user.id, found.passwordHash, password)
  return completeSignIn(context, { user: found.user, methods: ['pwd'], refunds: [failure.key] })
}

async function refuse<App extends AppModel>(
  context: Context<App>,
  found: Credentials<App> | null,
): Promise<never> {
  const metadata = { reason: found === null ? 'unknown_address' : 'wrong_password' }
  const event = createEvent(context, 'LOGIN_FAILED', { userId: found?.user.id ?? null, metadata })
  await context.store.events.append([event])
  throw new AuthError('invalid_credentials')
}

/**
 * A hash of another kind or cost is replaced while the password is at hand. Whoever loses a race has nothing to do,
 * and where the queue is full the next sign-in replaces it: a right password is not refused for it.
 */
async function upgradeHash(
  context: Context,
  userId: string,
  from: string,
  password: string,
): Promise<void> {
  if (!context.hasher.needsRehash(from)) return
  const to = await hashUnlessBusy(context, password)
  if (to !== null) await context.store.users.upgradePasswordHash({ userId, from, to })
}

async function hashUnlessBusy(context: Context, password: string): Promise<string | null> {
  try {
    return await context.hasher.hash(password)
  } catch (error) {
    if (error instanceof AuthError && error.code === 'busy') return null
    throw error
  }
}
