import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { parseId } from '../input.ts'

/** Ends every session of a person but one. */
export async function revokeAllSessions(
  context: Context,
  userId: string,
  except: string | undefined,
): Promise<void> {
  const id = parseId(userId, 'userId')
  const keepSessionId = except === undefined ? null : parseId(except, 'except')
  const metadata = { scope: keepSessionId === null ? 'all' : 'others' }
  await context.store.sessions.revokeAll(
    { userId: id, keepSessionId, at: context.clock.now(), reason: 'revoked' },
    { events: [createEvent(context, 'SESSION_REVOKED', { userId: id, metadata })] },
  )
}
