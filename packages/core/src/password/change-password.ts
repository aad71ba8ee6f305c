import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId, parsePassword } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { UNDO_PURPOSE } from '../user/undo-reservation.ts'
import { checkPassword } from './check-password.ts'
import { assertAcceptablePassword } from './password-policy.ts'

/** What `password.change` is given. */
export interface ChangePasswordInput {
  readonly userId: string
  readonly current: string
  readonly next: string
  readonly keepSessionId?: string | undefined
}

/**
 * Replaces the password of somebody who knows the current one; ends the other sessions and tells the owner. Throws
 * `invalid_credentials`, `invalid_input`, `rate_limited`, `busy`, `user_not_found`, `conflict`.
 */
export async function changePassword(context: Context, input: ChangePasswordInput): Promise<void> {
  const userId = parseId(input.userId, 'userId')
  const current = parsePassword(input.current, 'current')
  const next = parsePassword(input.next, 'next')
  const keepSessionId =
    input.keepSessionId === undefined ? null : parseId(input.keepSessionId, 'keepSessionId')
  const user = await checkPassword(context, {
    userId,
    password: current,
    failureType: 'PASSWORD_CHANGE_FAILED',
  })
  await assertAcceptablePassword(context, { password: next, email: user.email, field: 'next' })
  const passwordHash = await context.hasher.hash(next)
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId,
    template: 'password_changed',
    data: {},
    expiresAt: null,
  })
  const event = createEvent(context, 'PASSWORD_CHANGED', { userId, sessionId: keepSessionId })
  const { passwordVersion } = user
  const at = context.clock.now()
  const outcome = await context.store.users.setPassword(
    {
      userId,
      passwordVersion,
      passwordHash,
      at,
      keepSessionId,
      keepPurposes: [UNDO_PURPOSE],
      unlinkAccounts: false,
      reason: 'password_changed',
    },
    { events: [event], mails: [mail] },
  )
  if (outcome === 'stale') throw new AuthError('conflict')
  context.delivery.wake()
}
