import type { MindmeshApi, OAuthStart } from '@mindmesh/auth'
import * as v from 'valibot'
import type { Call } from '../../route.ts'
import type { OAuthCookieOf } from '../../session/auth-cookies.ts'

/** The shape of {@link BegunAnswer}, for the OpenAPI document. */
export const begunSchema = v.object({
  url: v.pipe(v.string(), v.url(), v.description('Where to send the browser.')),
  state: v.nullable(v.pipe(v.string(), v.description('For oauth/complete; null in cookie mode.'))),
})

/** What was begun at a provider. */
export type BegunAnswer = v.InferOutput<typeof begunSchema>

/** The provider of an id as its cookie needs it; of one that is not there nothing is ever kept. */
export function cookieOf(api: Pick<MindmeshApi, 'oauth'>, id: string): OAuthCookieOf {
  const found = api.oauth.providers().find((provider) => provider.id === id)
  return { id, responseMode: found?.responseMode ?? 'query' }
}

/** What the client is told of what was begun: a browser keeps the state in a cookie, and every other client by itself. */
export function handOverStart(
  { api, cookies, mode }: Pick<Call<unknown>, 'api' | 'cookies' | 'mode'>,
  provider: string,
  { url, state }: OAuthStart,
): BegunAnswer {
  if (mode === 'token') return { url, state }
  cookies.keepOAuthState(cookieOf(api, provider), state)
  return { url, state: null }
}
