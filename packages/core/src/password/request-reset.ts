import type { Context } from '../context.ts'
import { hashSubject } from '../crypto/keys.ts'
import { createEvent } from '../events/event.ts'
import { parseEmail } from '../input.ts'
import { composeMail, linkTo } from '../mail/compose.ts'
import { basisOf } from '../otp/basis.ts'
import { createLink } from '../otp/create-link.ts'
import { countOrThrow } from '../rate-limit/count.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'

/** The purpose of the link in a reset mail. */
export const RESET_PURPOSE = 'password_reset'

/**
 * Mails a link (or token) to set a new password. Same answer and same work for an address without an account: the
 * decoy's mail is dropped when its turn comes (ASVS 6.3.8). Throws `invalid_input` and `rate_limited`.
 */
export async function requestReset(
  context: Context,
  input: { readonly email: string },
): Promise<void> {
  const { canonical: email } = parseEmail(input.email)
  await countOrThrow(context, [limitHit(context, 'resetRequest', email)])
  const user = await context.store.users.findByEmail(email)
  const { resetExpiryMinutes, urls } = context.config
  const { token, record } = createLink(context, {
    purpose: RESET_PURPOSE,
    subject: user?.id ?? hashSubject(context.keys, 'decoy', email),
    userId: user?.id ?? null,
    payload: user === null ? {} : basisOf(user),
    lifetimeMinutes: resetExpiryMinutes,
  })
  const mail = composeMail(context, {
    to: user?.displayEmail ?? null,
    userId: user?.id ?? null,
    template: 'password_reset',
    data: { token, url: linkTo(urls.passwordReset, token), expiresInMinutes: resetExpiryMinutes },
    expiresAt: record.expiresAt,
  })
  const event = createEvent(context, 'PASSWORD_RESET_REQUESTED', { userId: user?.id ?? null })
  await context.store.codes.issue(record, { events: [event], mails: [mail] })
  context.delivery.wake()
}
