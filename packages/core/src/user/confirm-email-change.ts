import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseToken } from '../input.ts'
import { composeMail, linkTo } from '../mail/compose.ts'
import { restsOn } from '../otp/basis.ts'
import { consumeLink, findLink } from '../otp/consume-link.ts'
import { createLink } from '../otp/create-link.ts'
import type { AppModel, CodeRecord, User } from '../ports/entities.ts'
import type { Effects } from '../ports/store.ts'
import { CHANGE_PURPOSE } from './request-email-change.ts'
import { UNDO_PURPOSE, undoReservation, undoSubject } from './undo-reservation.ts'

/**
 * Changes the address by the token that was mailed to the new one; ends every session, and tells the old address
 * with a link that takes it back for 72 hours. Gives the user. Throws `link_invalid`, `link_expired`, `email_taken`.
 */
export async function confirmEmailChange<App extends AppModel>(
  context: Context<App>,
  token: string,
): Promise<App['user']> {
  const link = await findLink(context, CHANGE_PURPOSE, parseToken(token))
  const user = await userOf(context, link)
  if (!restsOn(user, link)) throw new AuthError('link_invalid')
  const to = String(link.payload['to'])
  const displayEmail = String(link.payload['display'])
  await consumeLink(context, link)
  const at = context.clock.now()
  const outcome = await context.store.users.changeEmail(
    {
      userId: user.id,
      from: user.email,
      to,
      displayEmail,
      at,
      reason: 'email_changed',
      keepPurposes: [UNDO_PURPOSE],
      reservation: undoReservation(context, to),
    },
    changeEffects(context, user, displayEmail),
  )
  if (outcome === 'email_taken') throw new AuthError('email_taken')
  if (outcome === 'stale') throw new AuthError('link_invalid')
  context.delivery.wake()
  return { ...user, email: to, displayEmail, emailVerifiedAt: at, updatedAt: at }
}

/** The undo link stands under the old address, so a second change by a thief does not replace it. */
function changeEffects(context: Context, user: User, newEmail: string): Effects {
  const { emailUndoHours: undoHours, urls } = context.config
  const { token, record } = createLink(context, {
    purpose: UNDO_PURPOSE,
    subject: undoSubject(user.email),
    userId: user.id,
    payload: { restore: user.email, display: user.displayEmail },
    lifetimeMinutes: undoHours * 60,
  })
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId: user.id,
    template: 'email_changed',
    data: { newEmail, token, url: linkTo(urls.emailChangeUndo, token), undoHours },
    expiresAt: record.expiresAt,
  })
  const event = createEvent(context, 'EMAIL_CHANGED', { userId: user.id })
  return { events: [event], mails: [mail], codes: [record] }
}

/** The person that a link belongs to; a link of somebody who is gone is worth nothing. */
export async function userOf<App extends AppModel>(
  context: Context<App>,
  link: CodeRecord,
): Promise<App['user']> {
  const user = link.userId === null ? null : await context.store.users.findById(link.userId)
  if (user === null) throw new AuthError('link_invalid')
  return user
}
