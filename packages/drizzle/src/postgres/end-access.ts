import type { RevokeReason } from '@mindmesh/auth/ports'
import { and, eq, notInArray } from 'drizzle-orm'
import type { PostgresDatabase } from './database.ts'
import { endSessions } from './session-store.ts'
import { authCodes } from './tables.ts'

/**
 * Ends a person's sessions and voids their codes, in one statement: the second of a transaction whose first has
 * written the person's row. It must not be part of that first one: a statement sees what was committed when it
 * began, so one that waits for the row would miss the session which a racing sign-in committed while it waited.
 * This one begins with the row's lock held: whoever opened a session before has committed, and nobody does now.
 */
export async function endAccess(
  tx: PostgresDatabase,
  {
    keepPurposes,
    ...sessions
  }: {
    readonly userId: string
    readonly keepSessionId: string | null
    readonly keepPurposes: readonly string[]
    readonly at: Date
    readonly reason: RevokeReason
  },
): Promise<void> {
  const { userId } = sessions
  await tx
    .with(tx.$with('ended').as(endSessions(tx, sessions)))
    .delete(authCodes)
    .where(and(eq(authCodes.userId, userId), notInArray(authCodes.purpose, [...keepPurposes])))
}
