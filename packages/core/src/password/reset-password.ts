import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parsePassword, parseToken } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { restsOn } from '../otp/basis.ts'
import { consumeLink, findLink } from '../otp/consume-link.ts'
import { UNDO_PURPOSE } from '../user/undo-reservation.ts'
import { assertAcceptablePassword } from './password-policy.ts'
import { RESET_PURPOSE } from './request-reset.ts'

/**
 * Sets a new password by the mailed token, which is used up; ends every session and tells the owner. Signs nobody
 * in and skips no second step (ASVS 6.4.3). A refused password leaves the token usable. Throws `link_invalid`,
 * `link_expired`, `invalid_input`, `busy`.
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
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId: user.id,
    template: 'password_reset_completed',
    data: {},
    expiresAt: null,
  })
  const event = createEvent(context, 'PASSWORD_RESET_COMPLETED', { userId: user.id })
  const outcome = await context.store.users.setPassword(
    {
      userId: user.id,
      passwordVersion: user.passwordVersion,
      passwordHash,
      at: context.clock.now(),
      keepSessionId: null,
      keepPurposes: [UNDO_PURPOSE],
      reason: 'password_reset',
    },
    { events: [event], mails: [mail] },
  )
  if (outcome === 'stale') throw new AuthError('conflict')
  context.delivery.wake()
}
