import { hc } from 'hono/client'
import type { AuthHandler } from '../auth-handler.ts'
import type { AuthApp } from '../auth-schema.ts'
import type { PublicUser } from '../public-user.ts'
import { accountCalls } from './account-calls.ts'
import type { AuthClient } from './auth-client.ts'
import type { AuthClientOptions } from './client-options.ts'
import { oauthCalls } from './oauth-calls.ts'
import { createSessionFetch } from './session-fetch.ts'
import type { ClientParts } from './session-renewal.ts'
import { signInCalls } from './sign-in-calls.ts'
import { memoryTokenStorage } from './token-storage.ts'

/** The client of a handler: with `typeof handler` it knows the app's own columns, too. */
export type ClientOf<Handler> =
  Handler extends AuthHandler<infer _App, infer Fields, infer Profile>
    ? AuthClient<PublicUser & Fields, Profile>
    : never

/**
 * A client of the routes at `baseUrl`, for pages, phones and programs: `createAuthClient<typeof handler>('/auth')`.
 * Where the access token has run out it renews the session by itself, once for all calls that need it. A refusal
 * rejects with an `AuthClientError`.
 */
export function createAuthClient<Handler = AuthHandler>(
  baseUrl: string,
  options: AuthClientOptions = {},
): ClientOf<Handler> {
  const parts: ClientParts = {
    baseUrl: baseUrl.replace(/\/$/, ''),
    mode: options.mode ?? 'cookie',
    // Called as a function of its own: browsers refuse a fetch that is called as a method of something else.
    fetch: options.fetch ?? (async (input, init) => fetch(input, init)),
    storage: options.storage ?? memoryTokenStorage(),
    apiOrigins: options.apiOrigins ?? [],
    onSessionEnd: options.onSessionEnd ?? (() => undefined),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the app's own columns are a matter of types alone: they are passed through
  return plainClient(parts) as unknown as ClientOf<Handler>
}

function plainClient(parts: ClientParts): AuthClient<PublicUser, never> {
  const sessionFetch = createSessionFetch(parts)
  const credentials = parts.mode === 'cookie' ? 'include' : 'omit'
  const routes = {
    open: hc<AuthApp>(parts.baseUrl, { fetch: parts.fetch, init: { credentials } }),
    own: hc<AuthApp>(parts.baseUrl, { fetch: sessionFetch }),
  }
  return {
    ...signInCalls(parts, routes),
    ...oauthCalls(parts, routes),
    ...accountCalls(parts, routes),
    fetch: sessionFetch,
  }
}
