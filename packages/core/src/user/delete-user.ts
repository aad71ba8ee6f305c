import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId } from '../input.ts'
import { assertFresh, type FreshAuthentication } from '../session/fresh-authentication.ts'

/**
 * Deletes a person with sessions, codes and identities. Their events stay, without address and user agent. Throws
 * `user_not_found`, and as `assertFresh` does where a proof is given.
 */
export async function deleteUser(
  context: Context,
  userId: string,
  proof: FreshAuthentication | undefined,
): Promise<void> {
  const id = parseId(userId, 'id')
  if (proof !== undefined) await assertFresh(context, id, proof)
  const anonymous = {
    ...context,
    request: { ...context.request, ipAddress: null, userAgent: null },
  }
  const event = createEvent(anonymous, 'ACCOUNT_DELETED', { userId: id })
  const outcome = await context.store.users.delete(id, { events: [event] })
  if (outcome === 'gone') throw new AuthError('user_not_found')
}
