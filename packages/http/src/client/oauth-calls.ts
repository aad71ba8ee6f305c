import type { PublicUser } from '../public-user.ts'
import { done, give } from './answers.ts'
import type { AuthClient } from './auth-client.ts'
import type { ClientParts } from './session-renewal.ts'
import type { Routes } from './sign-in-calls.ts'
import { keepTokens } from './token-storage.ts'

/** The calls that have to do with providers. */
export type OAuthCall =
  | 'oauthProviders'
  | 'oauthIdentities'
  | 'startOAuth'
  | 'completeOAuth'
  | 'linkOAuth'
  | 'unlinkOAuth'

/** What has to do with providers. `open` shows no session, `own` does. */
export function oauthCalls(
  { mode, storage }: ClientParts,
  { open, own }: { readonly open: Routes; readonly own: Routes },
): Pick<AuthClient<PublicUser, never>, OAuthCall> {
  return {
    oauthProviders: async () => (await give(open.oauth.providers.$get())).providers,
    oauthIdentities: async () => (await give(own.oauth.identities.$get())).identities,
    startOAuth: async (target) => give(open.oauth.start.$post({ json: { ...target, mode } })),
    async completeOAuth({ startedState, ...reply }) {
      const binding = mode === 'token' && startedState != null ? { startedState } : {}
      const json = { ...reply, mode, ...binding }
      const answer = await give(open.oauth.complete.$post({ json }))
      if (answer.outcome !== 'signed_in') return answer
      const { tokens, ...shown } = answer
      await keepTokens(storage, tokens)
      return shown
    },
    linkOAuth: async (json) => give(own.oauth.link.$post({ json })),
    unlinkOAuth: async (json) => done(own.oauth.unlink.$post({ json })),
  }
}
