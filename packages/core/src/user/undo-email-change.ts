import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseToken } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { consumeLink, findLink } from '../otp/consume-link.ts'
import { userOf } from './confirm-email-change.ts'
import { UNDO_PURPOSE, undoReservation } from './undo-reservation.ts'

/**
 * Takes an address change back by the token that was mailed to the old address: restores it, ends every session and
 * voids every open code, undo links of later changes included. Throws `link_invalid`, `link_expired`, `email_taken`.
 */
export async function undoEmailChange(context: Context, token: string): Promise<void> {
  const link = await findLink(context, UNDO_PURPOSE, parseToken(token))
  const user = await userOf(context, link)
  const to = String(link.payload['restore'])
  const displayEmail = String(link.payload['display'])
  await consumeLink(context, link)
  const mail = composeMail(context, {
    to: displayEmail,
    userId: user.id,
    template: 'email_change_undone',
    data: {},
    expiresAt: null,
  })
  const outcome = await context.store.users.changeEmail(
    {
      userId: user.id,
      from: user.email,
      to,
      displayEmail,
      at: context.clock.now(),
      reason: 'email_change_undone',
      keepPurposes: [],
      reservation: undoReservation(context, to),
    },
    { events: [createEvent(context, 'EMAIL_CHANGE_UNDONE', { userId: user.id })], mails: [mail] },
  )
  if (outcome === 'email_taken') throw new AuthError('email_taken')
  if (outcome === 'stale') throw new AuthError('conflict')
  context.delivery.wake()
}
