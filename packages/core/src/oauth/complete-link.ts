import type { Context } from '../context.ts'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import type { User } from '../ports/entities.ts'
import { assertLive, sessionState } from '../session/session-state.ts'
import { accountOf, linkEffects } from './link-effects.ts'
import { toLinkedIdentity, type LinkedIdentity } from './list-identities.ts'
import type { LinkIntent } from './oauth-attempt.ts'
import type { ProviderIdentity } from './provider-identity.ts'

/**
 * Adds an identity to the account of the person who asked for it; one that they have already changes nothing. Throws
 * `account_linked_elsewhere`, `session_revoked`, `session_expired`, `account_blocked`, `oauth_state_invalid`,
 * `conflict`.
 */
export async function completeLink(
  context: Context,
  identity: ProviderIdentity,
  intent: LinkIntent,
): Promise<LinkedIdentity> {
  const user = await personOf(context, intent)
  // A new password while the provider was asked takes the wish back, as it does before.
  if (user.passwordVersion !== intent.passwordVersion) throw new AuthError('oauth_state_invalid')
  const account = accountOf(context, user.id, identity)
  const outcome = await context.store.accounts.link(
    { account, expected: { email: user.email, passwordVersion: intent.passwordVersion } },
    linkEffects(context, user, identity, 'owner'),
  )
  if (outcome === 'account_taken') return existingLink(context, user, identity)
  if (outcome === 'stale') throw new AuthError('conflict')
  context.delivery.wake()
  return toLinkedIdentity(account)
}

/** The person, in the session in which they asked: a logout in between takes the wish back. */
async function personOf(context: Context, { userId, sessionId }: LinkIntent): Promise<User> {
  if (sessionId === null) {
    const user = await context.store.users.findById(userId)
    if (user === null) throw new AuthError('user_not_found')
    if (user.blockedAt !== null) throw new AuthError('account_blocked')
    return user
  }
  const found = await context.store.sessions.find(sessionId)
  if (found === null || found.user.id !== userId) throw new AuthError('session_revoked')
  assertLive(sessionState(found.session, found.user, context.config, context.clock.now()))
  return found.user
}

async function existingLink(
  context: Context,
  user: User,
  { provider, subject }: ProviderIdentity,
): Promise<LinkedIdentity> {
  const own = await context.store.accounts.listByUser(user.id)
  const found = own.find((account) => account.provider === provider && account.subject === subject)
  if (found !== undefined) return toLinkedIdentity(found)
  const reason: AuthErrorCode = 'account_linked_elsewhere'
  const metadata = { provider, reason }
  const event = createEvent(context, 'OAUTH_FAILED', { userId: user.id, metadata })
  await context.store.events.append([event])
  throw new AuthError(reason)
}
