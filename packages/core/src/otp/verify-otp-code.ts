import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { parseCode, parseEmail } from '../input.ts'
import type { CodeRecord } from '../ports/entities.ts'
import { otpFailures } from './code-failures.ts'
import { codePlaces, parsePurpose, type CodePlace } from './purpose.ts'
import { tryCode } from './try-code.ts'

/**
 * Whether the code is the one that was sent; it is used up. `email_verify` also marks the address as verified.
 * Throws `invalid_input`, and `rate_limited` after too many wrong ones.
 */
export async function verifyOtpCode(
  context: Context,
  input: { readonly email: string; readonly code: string; readonly purpose: string },
): Promise<boolean> {
  const { canonical: email } = parseEmail(input.email)
  const code = parseCode(input.code)
  const purpose = parsePurpose(input.purpose)
  const record = await findCode(context, codePlaces(context, purpose, email))
  const result = await tryCode(context, record, code, otpFailures(context, purpose, email))
  if (result.status !== 'consumed') return false
  if (purpose !== 'email_verify') return true
  return record?.userId == null ? false : markVerified(context, record.userId, email)
}

async function findCode(
  context: Context,
  places: readonly CodePlace[],
): Promise<CodeRecord | null> {
  for (const place of places) {
    const record = await context.store.codes.find(place)
    if (record !== null) return record
  }
  return null
}

async function markVerified(context: Context, userId: string, email: string): Promise<boolean> {
  const event = createEvent(context, 'EMAIL_VERIFIED', { userId })
  const input = { userId, email, at: context.clock.now() }
  const outcome = await context.store.users.markEmailVerified(input, { events: [event] })
  if (outcome === 'verified') return true
  // An account that still has this address was verified before, which is as good; one that has another by now is not.
  const user = await context.store.users.findById(userId)
  return user?.email === email
}
