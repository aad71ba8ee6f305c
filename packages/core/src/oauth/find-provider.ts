import type { Context } from '../context.ts'
import { invalidInput } from '../errors.ts'
import type { OAuthProvider } from '../ports/oauth.ts'
import { PROVIDER_SEGMENT } from './provider-problems.ts'

/** The provider of this id. Throws `invalid_input` where the app has none. */
export function findProvider(context: Context, id: string): OAuthProvider {
  const provider = context.providers.get(id)
  if (provider === undefined) {
    throw invalidInput('provider', 'unknown', 'There is no such provider.')
  }
  return provider
}

/** Where this provider, and no other, sends the browser back. */
export function redirectUriOf(context: Context, provider: OAuthProvider): string {
  // A set-up with providers and without a callback does not start.
  return String(context.config.urls.oauthCallback).replace(PROVIDER_SEGMENT, provider.id)
}

/** The provider's name as people know it, or the id of one that the app no longer has. */
export function providerName(context: Context, id: string): string {
  return context.providers.get(id)?.name ?? id
}
