import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId, parseText } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { UNDO_PURPOSE } from './undo-reservation.ts'

/** Blocks an account: ends every session, voids open codes, tells the owner. Again changes nothing. Throws `user_not_found`. */
export async function blockUser(
  context: Context,
  userId: string,
  reasonGiven: string | undefined,
): Promise<void> {
  const id = parseId(userId, 'id')
  const reason = reasonGiven === undefined ? null : parseText(reasonGiven, 'reason', 500)
  const user = await context.store.users.findById(id)
  if (user === null) throw new AuthError('user_not_found')
  const metadata = { reason }
  const event = createEvent(context, 'ACCOUNT_BLOCKED', { userId: id, metadata })
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId: id,
    template: 'account_blocked',
    data: {},
    expiresAt: null,
  })
  await context.store.users.block(
    { userId: id, at: context.clock.now(), reason, keepPurposes: [UNDO_PURPOSE] },
    { events: [event], mails: [mail] },
  )
  context.delivery.wake()
}

/** Lets a blocked account sign in again. On one that is not blocked it changes nothing. Throws `user_not_found`. */
export async function unblockUser(context: Context, userId: string): Promise<void> {
  const id = parseId(userId, 'id')
  const event = createEvent(context, 'ACCOUNT_UNBLOCKED', { userId: id })
  const input = { userId: id, at: context.clock.now() }
  const outcome = await context.store.users.unblock(input, { events: [event] })
  if (outcome === 'stale' && (await context.store.users.findById(id)) === null) {
    throw new AuthError('user_not_found')
  }
}
