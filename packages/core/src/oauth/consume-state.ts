import type { Context } from '../context.ts'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { hashToken } from '../crypto/keys.ts'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseText, parseToken } from '../input.ts'
import type { OAuthProvider } from '../ports/oauth.ts'
import { openAttempt, STATE_PURPOSE, type OAuthAttempt } from './oauth-attempt.ts'

/** What a provider's answer brings, as it stands in the query or the form. What is missing may be `null`. */
export interface OAuthAnswer {
  readonly state: string
  /** What this browser kept from `authorize` or `link`; without it nothing is accepted. */
  readonly browserState: string | null | undefined
  readonly code?: string | null | undefined
  readonly error?: string | null | undefined
  /** RFC 9207. */
  readonly iss?: string | null | undefined
  /** What Apple posts beside the first code. */
  readonly user?: string | null | undefined
}

/** An answer that belongs to what was begun in this browser at this provider. */
export interface AcceptedAnswer {
  readonly attempt: OAuthAttempt
  readonly code: string
  readonly userField: string | null
}

/** Why an answer is not accepted: for the caller, and for the record. */
interface Refusal {
  readonly code: AuthErrorCode
  readonly reason: string
}

/**
 * Uses a state up, whatever else the answer says: of two answers at once one goes on, and a state that came from
 * another browser or provider is worth nothing afterwards. Throws `oauth_state_invalid`, `oauth_denied`,
 * `oauth_failed`, `provider_unavailable`.
 */
export async function consumeState(
  context: Context,
  provider: OAuthProvider,
  given: Partial<OAuthAnswer>,
): Promise<AcceptedAnswer> {
  const answer = parseAnswer(given)
  const secretHashes = hashToken(context.keys, STATE_PURPOSE, answer.state)
  const row = await context.store.codes.findByHash({ purpose: STATE_PURPOSE, secretHashes })
  const attempt = row === null ? null : openAttempt(context, row)
  if (row === null || attempt === null) throw new AuthError('oauth_state_invalid')
  const verdict = judge(provider, attempt, answer)
  const isAccepted = typeof verdict === 'string'
  const events = isAccepted ? [] : [failure(context, provider, row.userId, verdict)]
  const { status } = await context.store.codes.consume(
    { id: row.id, secretHashes: [row.secretHash], now: context.clock.now() },
    { consumed: { events }, mismatch: {} },
  )
  if (status !== 'consumed') throw new AuthError('oauth_state_invalid')
  if (!isAccepted) throw new AuthError(verdict.code)
  return { attempt, code: verdict, userField: answer.user }
}

function parseAnswer(given: Partial<OAuthAnswer>) {
  const optional = (field: 'code' | 'error' | 'iss' | 'user'): string | null =>
    given[field] === null || given[field] === undefined
      ? null
      : parseText(given[field], field, 4096)
  return {
    state: parseToken(given.state, 'state'),
    browserState: given.browserState,
    code: optional('code'),
    error: optional('error'),
    iss: optional('iss'),
    user: optional('user'),
  }
}

function failure(
  context: Context,
  provider: OAuthProvider,
  userId: string | null,
  { reason }: Refusal,
) {
  return createEvent(context, 'OAUTH_FAILED', {
    userId,
    metadata: { provider: provider.id, reason },
  })
}

/** Decides from what was begun and what came back, reading nothing: the code of an answer that counts, or why not. */
function judge(
  provider: OAuthProvider,
  attempt: OAuthAttempt,
  { state, browserState, code, error, iss }: ReturnType<typeof parseAnswer>,
): string | Refusal {
  const isThisBrowser = typeof browserState === 'string' && constantTimeEqual(browserState, state)
  if (!isThisBrowser) return { code: 'oauth_state_invalid', reason: 'other_browser' }
  // RFC 9700 §4.4: an answer counts only where the request went, which the callback's own address and `iss` tell.
  if (attempt.provider !== provider.id) {
    return { code: 'oauth_state_invalid', reason: 'other_provider' }
  }
  if (iss !== null && provider.issuer !== null && iss !== provider.issuer) {
    return { code: 'oauth_state_invalid', reason: 'other_issuer' }
  }
  if (error !== null) return judgeError(error)
  return code ?? { code: 'oauth_failed', reason: 'no_code' }
}

/** RFC 6749 §4.1.2.1. What the provider wrote is neither shown nor kept. */
function judgeError(error: string): Refusal {
  switch (error) {
    case 'access_denied':
    // Apple's word for it.
    case 'user_cancelled_authorize':
      return { code: 'oauth_denied', reason: 'denied' }
    case 'server_error':
    case 'temporarily_unavailable':
      return { code: 'provider_unavailable', reason: 'unavailable' }
    default:
      return { code: 'oauth_failed', reason: 'refused' }
  }
}
