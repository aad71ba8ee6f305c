import type { Context } from '../context.ts'
import { AuthError, invalidInput } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseEmail, parseId } from '../input.ts'
import { composeMail, linkTo } from '../mail/compose.ts'
import { basisOf } from '../otp/basis.ts'
import { createLink } from '../otp/create-link.ts'
import { countOrThrow } from '../rate-limit/count.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'
import { assertFresh, type FreshAuthentication } from '../session/fresh-authentication.ts'

/** The purpose of the link that confirms a new address. */
export const CHANGE_PURPOSE = 'email_change'

/** What `user.requestEmailChange` is given. */
export interface EmailChangeInput {
  readonly userId: string
  readonly newEmail: string
  readonly proof?: FreshAuthentication | undefined
}

/**
 * Mails a link to the new address; nothing changes before it is used. An address that has an account gets no mail
 * and the same answer. Throws `invalid_input`, `rate_limited`, `user_not_found`, and as `assertFresh` does.
 */
export async function requestEmailChange(context: Context, input: EmailChangeInput): Promise<void> {
  const userId = parseId(input.userId, 'id')
  const next = parseEmail(input.newEmail, 'newEmail')
  const proven = input.proof === undefined ? null : await assertFresh(context, userId, input.proof)
  const user = await context.store.users.findById(userId)
  if (user === null) throw new AuthError('user_not_found')
  if (user.email === next.canonical) {
    throw invalidInput('newEmail', 'unchanged', 'This is the address that you have already.')
  }
  await countOrThrow(context, [limitHit(context, 'otpSend', `email_change:${next.canonical}`)])
  const isTaken = (await context.store.users.findByEmail(next.canonical)) !== null
  const { emailChangeExpiryMinutes: minutes, urls } = context.config
  const { token, record } = createLink(context, {
    purpose: CHANGE_PURPOSE,
    subject: userId,
    userId,
    payload: { ...basisOf(proven ?? user), to: next.canonical, display: next.display },
    lifetimeMinutes: minutes,
  })
  const mail = composeMail(context, {
    to: isTaken ? null : next.display,
    userId,
    template: 'email_change',
    data: { token, url: linkTo(urls.emailChange, token), expiresInMinutes: minutes },
    expiresAt: record.expiresAt,
  })
  const event = createEvent(context, 'EMAIL_CHANGE_REQUESTED', { userId })
  await context.store.codes.issue(record, { events: [event], mails: [mail] })
  context.delivery.wake()
}
