import type { Context } from '../context.ts'
import { AuthError, OAuthProviderError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import type { OAuthIdentity, OAuthProvider } from '../ports/oauth.ts'
import type { AcceptedAnswer } from './consume-state.ts'
import { redirectUriOf } from './find-provider.ts'
import { readIdentity, type ProviderIdentity } from './provider-identity.ts'

/**
 * Who the code is for, as the provider says. Whatever goes wrong there is recorded and told in our words. Throws
 * `provider_unavailable` and `oauth_failed`.
 */
export async function exchangeCode(
  context: Context,
  provider: OAuthProvider,
  answer: AcceptedAnswer,
): Promise<ProviderIdentity> {
  try {
    return readIdentity(provider, await exchangeInTime(context, provider, answer))
  } catch (error) {
    const reason = error instanceof OAuthProviderError ? error.reason : 'unknown'
    context.logger.warn('A provider gave no identity.', { provider: provider.id, reason })
    const userId = answer.attempt.link?.userId ?? null
    const metadata = { provider: provider.id, reason }
    await context.store.events.append([createEvent(context, 'OAUTH_FAILED', { userId, metadata })])
    const isPassing = reason === 'timeout' || reason === 'unavailable'
    throw new AuthError(isPassing ? 'provider_unavailable' : 'oauth_failed', { cause: error })
  }
}

/** A provider that does not look at the signal cannot hold the caller either. */
async function exchangeInTime(
  context: Context,
  provider: OAuthProvider,
  { attempt, code, userField }: AcceptedAnswer,
): Promise<OAuthIdentity> {
  const signal = AbortSignal.timeout(context.config.oauthTimeoutSeconds * 1000)
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new OAuthProviderError('timeout')))
  })
  const exchange = provider.exchange({
    code,
    codeVerifier: attempt.codeVerifier,
    nonce: attempt.nonce,
    redirectUri: redirectUriOf(context, provider),
    userField,
    now: context.clock.now(),
    signal,
  })
  return Promise.race([exchange, timeout])
}
