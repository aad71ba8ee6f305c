import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parsePassword, parseToken } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { providerName } from '../oauth/find-provider.ts'
import { restsOn } from '../otp/basis.ts'
import { consumeLink, findLink } from '../otp/consume-link.ts'
import type { AccountRecord, User } from '../ports/entities.ts'
import type { Effects } from '../ports/store.ts'
import { UNDO_PURPOSE } from '../user/undo-reservation.ts'
import { assertAcceptablePassword } from './password-policy.ts'
import { RESET_PURPOSE } from './request-reset.ts'

/**
 * Sets a new password by the mailed token, which is used up; ends every session and tells the owner. Signs nobody
 * in and skips no second step (ASVS 6.4.3). Where it replaces a password it also takes every linked identity off: one
 * may be a thief's, and one that the provider vouches for links itself again at its next sign-in. A refused password
 * leaves the token usable. Throws `link_invalid`, `link_expired`, `invalid_input`, `busy`, `conflict`.
 */
export async function resetPassword(
  context: Context,
  input: { readonly token: string; readonly newPassword: string },
): Promise<void> {
  const token = parseToken(input.token)
  const password = parsePassword(input.newPassword, 'newPassword')
  const link = await findLink(context, RESET_PURPOSE, token)
  const credentials =
    link.userId === null ? null : await context.store.users.findCredentials(link.userId)
  if (credentials === null || !restsOn(credentials.user, link)) throw new AuthError('link_invalid')
  const { user } = credentials
  await assertAcceptablePassword(context, { password, email: user.email, field: 'newPassword' })
  const passwordHash = await context.hasher.hash(password)
  await consumeLink(context, link)
  // Somebody's first password replaces nothing: the identities are how they have signed in so far.
  const unlinkAccounts = credentials.passwordHash !== null
  const accounts = unlinkAccounts ? await context.store.accounts.listByUser(user.id) : []
  const outcome = await context.store.users.setPassword(
    {
      userId: user.id,
      passwordVersion: user.passwordVersion,
      passwordHash,
      at: context.clock.now(),
      keepSessionId: null,
      keepPurposes: [UNDO_PURPOSE],
      unlinkAccounts,
      reason: 'password_reset',
    },
    resetEffects(context, user, accounts),
  )
  if (outcome === 'stale') throw new AuthError('conflict')
  context.delivery.wake()
}

/** One that is linked in this very moment goes without an event of its own: accepted. */
function resetEffects(context: Context, user: User, accounts: readonly AccountRecord[]): Effects {
  const userId = user.id
  const names = accounts.map(({ provider }) => providerName(context, provider))
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId,
    template: 'password_reset_completed',
    data: { unlinked: [...new Set(names)].join(', ') || null },
    expiresAt: null,
  })
  const unlinked = accounts.map(({ provider }) =>
    createEvent(context, 'OAUTH_UNLINKED', {
      userId,
      metadata: { provider, by: 'password_reset' },
    }),
  )
  const event = createEvent(context, 'PASSWORD_RESET_COMPLETED', { userId })
  return { events: [event, ...unlinked], mails: [mail] }
}
