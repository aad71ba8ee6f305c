import type { Context } from '../context.ts'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { Hit } from '../ports/store.ts'

/**
 * Counts against every limit in one step, or throws `rate_limited` with the seconds to wait and counts nothing.
 * `codes` gives another error code for a limit that time does not heal.
 */
export async function countOrThrow(
  context: Context,
  hits: readonly Hit[],
  options: {
    readonly refunds?: readonly string[]
    readonly codes?: ReadonlyMap<string, AuthErrorCode>
  } = {},
): Promise<void> {
  const now = context.clock.now()
  const result = await context.rateLimits.hit({ hits, refunds: options.refunds ?? [], now })
  if (result.status === 'allowed') return
  const code = options.codes?.get(result.key) ?? 'rate_limited'
  context.logger.warn('A limit refused a request.', { ipAddress: context.request.ipAddress, code })
  if (code !== 'rate_limited') throw new AuthError(code)
  const waitMs = result.resetsAt.getTime() - now.getTime()
  throw new AuthError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) })
}

/** Gives one hit back to each key: what was counted beforehand as a failure turned out to be none. */
export async function refund(context: Context, keys: readonly string[]): Promise<void> {
  await context.rateLimits.hit({ hits: [], refunds: keys, now: context.clock.now() })
}
