import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId } from '../input.ts'

/** Marks the current address of an account as verified, on the app's word. Again changes nothing. Throws `user_not_found`. */
export async function markEmailVerified(context: Context, userId: string): Promise<void> {
  const id = parseId(userId, 'id')
  const user = await context.store.users.findById(id)
  if (user === null) throw new AuthError('user_not_found')
  const event = createEvent(context, 'EMAIL_VERIFIED', { userId: id })
  const input = { userId: id, email: user.email, at: context.clock.now() }
  await context.store.users.markEmailVerified(input, { events: [event] })
}
