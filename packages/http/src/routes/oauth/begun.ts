import type { OAuthStart } from '@mindmesh/auth'
import * as v from 'valibot'
import type { Call } from '../../route.ts'

/** The shape of {@link BegunAnswer}, for the OpenAPI document. */
export const begunSchema = v.object({
  url: v.pipe(v.string(), v.url(), v.description('Where to send the browser.')),
  state: v.nullable(v.pipe(v.string(), v.description('For oauth/complete; null in cookie mode.'))),
})

/** What was begun at a provider. */
export type BegunAnswer = v.InferOutput<typeof begunSchema>

/** What the client is told of what was begun: a browser keeps the state in a cookie, and every other client by itself. */
export function handOverStart(
  { api, cookies, mode }: Pick<Call<unknown>, 'api' | 'cookies' | 'mode'>,
  provider: string,
  { url, state }: OAuthStart,
): BegunAnswer {
  if (mode === 'token') return { url, state }
  const found = api.oauth.providers().find(({ id }) => id === provider)
  cookies.keepOAuthState(state, found?.responseMode ?? 'query')
  return { url, state: null }
}
