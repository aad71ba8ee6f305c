import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Spotify } from 'arctic'
import { asClaims, requireText, textOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { fetchJson } from './shared/fetch-json.ts'
import { accessTokenOf, redeem } from './shared/redeem.ts'

/** Spotify. Its documentation says that no address is verified, so none counts as such. */
export function spotify({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('spotify', { clientId, clientSecret })
  const clientAt = (redirectUri: string): Spotify =>
    new Spotify(clientId, clientSecret, redirectUri)
  return {
    id: 'spotify',
    name: 'Spotify',
    issuer: null,
    responseMode: 'query',
    authorizationUrl: ({ state, codeVerifier, redirectUri }) =>
      clientAt(redirectUri).createAuthorizationURL(state, codeVerifier, ['user-read-email']),
    async exchange({ code, codeVerifier, redirectUri, signal }) {
      const client = clientAt(redirectUri)
      const tokens = await redeem(client.validateAuthorizationCode(code, codeVerifier))
      const accessToken = accessTokenOf(tokens)
      const url = 'https://api.spotify.com/v1/me'
      const user = asClaims(await fetchJson(url, { accessToken, signal }))
      return {
        subject: requireText(user, 'id'),
        email: textOf(user, 'email'),
        emailVerified: false,
        name: textOf(user, 'display_name'),
        givenName: null,
        familyName: null,
        pictureUrl: null,
        claims: user,
      }
    },
  }
}
