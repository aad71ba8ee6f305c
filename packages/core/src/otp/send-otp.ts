import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { parseEmail } from '../input.ts'
import { countOrThrow } from '../rate-limit/count.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'
import { issueCode } from './issue-code.ts'
import { codePlaces, parsePurpose } from './purpose.ts'

/**
 * Mails a code to an address. An `email_verify` code goes to accounts only, with the same answer and the same work
 * where there is none. Throws `invalid_input` and `rate_limited`.
 */
export async function sendOtp(
  context: Context,
  input: { readonly email: string; readonly purpose: string },
): Promise<void> {
  const email = parseEmail(input.email)
  const purpose = parsePurpose(input.purpose)
  await countOrThrow(context, [limitHit(context, 'otpSend', `${purpose}:${email.canonical}`)])
  const user = await context.store.users.findByEmail(email.canonical)
  const toStranger = purpose === 'email_verify' ? null : email.display
  const userId = user?.id ?? null
  const [place] = codePlaces(context, purpose, email.canonical)
  await issueCode(context, {
    ...place,
    userId,
    to: user?.displayEmail ?? toStranger,
    event: createEvent(context, 'OTP_SENT', { userId, metadata: { purpose } }),
    mail: (code, expiresInMinutes) => ({
      template: 'otp_code',
      data: { code, purpose, expiresInMinutes },
    }),
  })
}
