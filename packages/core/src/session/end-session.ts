import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { parseId } from '../input.ts'

/** Ends a session, by its owner or by the app. Ending it again, or one that never was, changes nothing. */
export async function endSession(
  context: Context,
  sessionId: string,
  reason: 'logout' | 'revoked',
): Promise<void> {
  const id = parseId(sessionId, 'sessionId')
  const found = await context.store.sessions.find(id)
  if (found === null) return
  const type = reason === 'logout' ? 'LOGOUT' : 'SESSION_REVOKED'
  const event = createEvent(context, type, { userId: found.user.id, sessionId: id })
  await context.store.sessions.revoke(
    { sessionId: id, at: context.clock.now(), reason },
    { events: [event] },
  )
}
