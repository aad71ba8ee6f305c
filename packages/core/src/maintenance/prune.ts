import type { Context } from '../context.ts'
import type { DeletedCounts } from '../ports/store.ts'

/** Small enough that no pass holds a lock for long. */
const BATCH = 200

/**
 * Deletes expired codes and counters, and sessions and mail that ended more than `endedSessionDays` ago, in batches.
 * Events are never deleted. Safe to run at any time, from several processes.
 */
export async function prune(context: Context): Promise<DeletedCounts> {
  const now = context.clock.now()
  const endedBefore = new Date(now.getTime() - context.config.endedSessionDays * 86_400_000)
  let total: DeletedCounts = { codes: 0, sessions: 0, rateLimits: 0, mails: 0 }
  for (;;) {
    const batch = await context.store.deleteExpired({ now, endedBefore, limit: BATCH })
    total = {
      codes: total.codes + batch.codes,
      sessions: total.sessions + batch.sessions,
      rateLimits: total.rateLimits + batch.rateLimits,
      mails: total.mails + batch.mails,
    }
    if (Object.values(batch).every((count) => count < BATCH)) return total
  }
}
