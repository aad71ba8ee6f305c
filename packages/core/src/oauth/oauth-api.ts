import type { Context } from '../context.ts'
import { parseObject } from '../input.ts'
import type { AppModel } from '../ports/entities.ts'
import type { OAuthProvider } from '../ports/oauth.ts'
import type { FreshAuthentication } from '../session/fresh-authentication.ts'
import type { OAuthResult } from './callback.ts'
import type { OAuthAnswer } from './consume-state.ts'
import type { OAuthStart } from './issue-state.ts'
import type { LinkedIdentity } from './list-identities.ts'

/** Signing in with providers such as Google or GitHub. */
export interface OAuthApi<App extends AppModel> {
  /** The app's providers, for its buttons. */
  providers(): readonly Pick<OAuthProvider, 'id' | 'name' | 'responseMode'>[]
  /** Where to send the browser, and the state to keep in it. Throws `rate_limited`, `invalid_input`. */
  authorize(provider: string, options?: { readonly redirectTo?: string }): Promise<OAuthStart>
  /** Takes the provider's answer: signs in, links, or says `linkRequired`. Throws `oauth_state_invalid`, `oauth_denied`, `oauth_failed`, `provider_unavailable`, `account_blocked`. */
  callback(provider: string, answer: OAuthAnswer): Promise<OAuthResult<App>>
  /** Begins to add an identity to the account of somebody freshly authenticated; `callback` completes it. Throws `reauthentication_required`, `email_not_verified`. */
  link(
    userId: string,
    provider: string,
    options: { readonly proof: FreshAuthentication; readonly redirectTo?: string },
  ): Promise<OAuthStart>
  /** Takes an identity off an account. With a proof it also asks that the person is freshly authenticated. Throws `last_way_in`, `identity_not_found`. */
  unlink(
    userId: string,
    provider: string,
    options?: { readonly subject?: string; readonly proof?: FreshAuthentication },
  ): Promise<void>
  /** The identities of a person, oldest first. */
  list(userId: string): Promise<readonly LinkedIdentity[]>
}

/** The part of the API that deals with providers. Loaded with its first call: an app without any never needs it. */
export function oauthApi<App extends AppModel>(context: () => Context<App>): OAuthApi<App> {
  return {
    providers: () =>
      [...context().providers.values()].map(({ id, name, responseMode }) => ({
        id,
        name,
        responseMode,
      })),
    authorize: async (provider, options) => {
      const { redirectTo } = parseObject(options, 'options')
      const { authorize } = await import('./authorize.ts')
      return authorize(context(), { provider, redirectTo })
    },
    callback: async (provider, answer) => {
      const parsed = parseObject(answer, 'answer')
      const { callback } = await import('./callback.ts')
      return callback(context(), { provider, answer: parsed })
    },
    link: async (userId, provider, options) => {
      const { proof, redirectTo } = parseObject(options, 'options')
      const { startLink } = await import('./start-link.ts')
      return startLink(context(), { userId, provider, proof, redirectTo })
    },
    unlink: async (userId, provider, options) => {
      const { subject, proof } = parseObject(options, 'options')
      const { unlinkIdentity } = await import('./unlink-identity.ts')
      return unlinkIdentity(context(), { userId, provider, subject, proof })
    },
    list: async (userId) => {
      const { listIdentities } = await import('./list-identities.ts')
      return listIdentities(context(), userId)
    },
  }
}
