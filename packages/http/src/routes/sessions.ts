import type { Session } from '@mindmesh/auth'
import * as v from 'valibot'
import { userRoute } from '../route.ts'

const timestamp = v.pipe(v.string(), v.isoTimestamp())

const shownSession = v.object({
  id: v.pipe(v.string(), v.uuid()),
  device: v.pipe(v.string(), v.description('For example Firefox on Linux.')),
  ipAddress: v.nullable(v.string()),
  userAgent: v.nullable(v.string()),
  authMethods: v.array(v.string()),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  expiresAt: timestamp,
  authenticatedAt: timestamp,
  isCurrent: v.pipe(v.boolean(), v.description('Whether the request itself is in it.')),
})

/** A session as its owner sees it. Times are ISO 8601. */
export type ShownSession = v.InferOutput<typeof shownSession>

/** What `sessions` gives. */
export interface SessionsAnswer {
  /** Newest first. */
  readonly sessions: ShownSession[]
}

/** The person's live sessions. */
export const sessions = userRoute({
  summary: 'The live sessions, newest first.',
  status: 200,
  answer: v.object({ sessions: v.array(shownSession) }),
  problems: [],
  async handle({ api, caller }): Promise<SessionsAnswer> {
    const found = await api.session.list(caller.user.id)
    return { sessions: found.map((session) => show(session, caller.sessionId)) }
  },
})

function show(session: Session, currentId: string): ShownSession {
  return {
    id: session.id,
    device: session.device,
    ipAddress: session.ipAddress,
    userAgent: session.userAgent,
    authMethods: [...session.authMethods],
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    authenticatedAt: session.authenticatedAt.toISOString(),
    isCurrent: session.id === currentId,
  }
}
