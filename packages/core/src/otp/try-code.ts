import type { Context } from '../context.ts'
import { hashCode } from '../crypto/keys.ts'
import { createEvent } from '../events/event.ts'
import type { CodeRecord } from '../ports/entities.ts'
import { countOrThrow, refund } from '../rate-limit/count.ts'
import type { CodeFailureLimits } from './code-failures.ts'
import { purposeOf } from './purpose.ts'

/** What became of a try. */
export type CodeTry =
  | { readonly status: 'consumed' | 'exhausted' | 'expired' | 'not_found' }
  | { readonly status: 'mismatch'; readonly attemptsLeft: number }

/**
 * One try at a code. It is counted as a failure beforehand and given back if the code was right, so tries made at
 * once never exceed a limit. Without a live code nothing is counted: nobody can run up another's failures.
 */
export async function tryCode(
  context: Context,
  record: CodeRecord | null,
  code: string,
  limits: CodeFailureLimits,
): Promise<CodeTry> {
  const now = context.clock.now()
  if (record === null) return { status: 'not_found' }
  if (record.attemptsLeft <= 0) return { status: 'exhausted' }
  if (record.expiresAt <= now) return { status: 'expired' }
  await countOrThrow(context, limits.hits, { codes: limits.codes })
  const subject = { userId: record.userId, metadata: { purpose: purposeOf(record) } }
  const result = await context.store.codes.consume(
    { id: record.id, secretHashes: hashCode(context.keys, record.id, code), now },
    {
      consumed: { events: [createEvent(context, 'OTP_VERIFIED', subject)] },
      mismatch: { events: [createEvent(context, 'OTP_FAILED', subject)] },
    },
  )
  // Only a wrong code is a failure: a try that came too late to be compared told nobody anything.
  if (result.status !== 'mismatch')
    await refund(
      context,
      limits.hits.map((hit) => hit.key),
    )
  return result
}
