import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId, parseObject, parsePassword } from '../input.ts'
import { checkPassword } from '../password/check-password.ts'
import type { User } from '../ports/entities.ts'
import { assertLive, sessionState } from './session-state.ts'

/**
 * What shows that the person is still there before something that must not be taken back (ASVS 7.5.1): a session
 * that was signed in or confirmed within the last 15 minutes, or the password again.
 */
export type FreshAuthentication = { readonly sessionId: string } | { readonly password: string }

/**
 * The person as they were when the proof was checked. Throws `reauthentication_required` where the proof is stale or
 * another person's; `invalid_credentials` for a wrong password.
 */
export async function assertFresh(
  context: Context,
  userId: string,
  proof: FreshAuthentication,
): Promise<User> {
  const given: { readonly password?: string; readonly sessionId?: string } = parseObject(
    proof,
    'proof',
  )
  if (given.password !== undefined) {
    const password = parsePassword(given.password)
    return checkPassword(context, { userId, password, failureType: 'REAUTHENTICATION_FAILED' })
  }
  const found = await context.store.sessions.find(parseId(given.sessionId, 'sessionId'))
  if (found === null || found.user.id !== userId) throw new AuthError('session_revoked')
  const now = context.clock.now()
  assertLive(sessionState(found.session, found.user, context.config, now))
  // On either side: a sign-in that lies ahead, where the clock was set back, is of unknown age.
  const age = Math.abs(now.getTime() - found.session.authenticatedAt.getTime())
  if (age >= context.config.freshAuthenticationMinutes * 60_000) {
    throw new AuthError('reauthentication_required')
  }
  return found.user
}

/** Confirms the password within a session: it counts as fresh from now on. Throws as `assertFresh` does. */
export async function reauthenticate(
  context: Context,
  input: { readonly sessionId: string; readonly password: string },
): Promise<void> {
  const sessionId = parseId(input.sessionId, 'sessionId')
  const password = parsePassword(input.password)
  const found = await context.store.sessions.find(sessionId)
  if (found === null) throw new AuthError('session_revoked')
  assertLive(sessionState(found.session, found.user, context.config, context.clock.now()))
  const userId = found.user.id
  await checkPassword(context, { userId, password, failureType: 'REAUTHENTICATION_FAILED' })
  const event = createEvent(context, 'REAUTHENTICATED', { userId, sessionId })
  const at = context.clock.now()
  const outcome = await context.store.sessions.markAuthenticated(
    { sessionId, at },
    { events: [event] },
  )
  if (outcome === 'stale') throw new AuthError('session_revoked')
}
