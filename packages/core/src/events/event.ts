import type { Context } from '../context.ts'
import type { AuthEvent, AuthEventType } from '../ports/entities.ts'

/** Who and what an event is about. */
export interface EventSubject {
  readonly userId?: string | null
  readonly sessionId?: string | null
  readonly metadata?: AuthEvent['metadata']
}

/** An event of this moment and request, to be written together with its action. */
export function createEvent(
  context: Pick<Context, 'ids' | 'clock' | 'request'>,
  type: AuthEventType,
  subject: EventSubject = {},
): AuthEvent {
  return {
    id: context.ids.next(),
    type,
    userId: subject.userId ?? null,
    sessionId: subject.sessionId ?? null,
    ipAddress: context.request.ipAddress,
    userAgent: context.request.userAgent,
    metadata: subject.metadata ?? {},
    createdAt: context.clock.now(),
  }
}
