import type { Context } from '../context.ts'
import { parseLimit } from '../input.ts'
import type { OutboxEntry } from '../ports/entities.ts'
import type { MailCounts } from './delivery.ts'

/** The mail that was not sent, without its content. */
export interface MailStatus {
  readonly waiting: number
  /** Given up, and not yet deleted by `maintenance.prune()`. */
  readonly failed: number
  /** Those that wait, due first, then those that were given up, newest first; up to the limit of each. */
  readonly mails: readonly OutboxEntry[]
}

/** What waits in the outbox and what was given up. */
export async function mailStatus(context: Context, limit: number | undefined): Promise<MailStatus> {
  return context.store.outbox.inspect({ limit: parseLimit(limit, 50, 500) })
}

/** More than one pass should send; the rest is due all the same, and the next pass takes it. */
const RETRY_LIMIT = 10_000

/**
 * Sends now what waits for a later try, and whatever else is due. What was given up stays so: its content is gone.
 */
export async function retryMail(context: Context): Promise<MailCounts> {
  await context.store.outbox.hasten({ now: context.clock.now() })
  return context.delivery.deliverDue(RETRY_LIMIT)
}
