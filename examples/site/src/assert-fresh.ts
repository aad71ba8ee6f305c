import type { UserVisit } from './visit.ts'

/** Throws unless the caller signed in or confirmed lately: a browser that was left alone must not be enough to shut others out. */
export async function assertFresh({ app, caller }: UserVisit): Promise<void> {
  await app.mindmesh.session.assertFresh(caller.user.id, { sessionId: caller.sessionId })
}
