import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Discord } from 'arctic'
import { asClaims, requireText, textOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { fetchJson } from './shared/fetch-json.ts'
import { accessTokenOf, redeem } from './shared/redeem.ts'

/** Discord. Says of every address whether it is verified. */
export function discord({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('discord', { clientId, clientSecret })
  const clientAt = (redirectUri: string): Discord =>
    new Discord(clientId, clientSecret, redirectUri)
  return {
    id: 'discord',
    name: 'Discord',
    issuer: null,
    responseMode: 'query',
    authorizationUrl: ({ state, codeVerifier, redirectUri }) =>
      clientAt(redirectUri).createAuthorizationURL(state, codeVerifier, ['identify', 'email']),
    async exchange({ code, codeVerifier, redirectUri, signal }) {
      const client = clientAt(redirectUri)
      const tokens = await redeem(client.validateAuthorizationCode(code, codeVerifier))
      const accessToken = accessTokenOf(tokens)
      const url = 'https://discord.com/api/v10/users/@me'
      const user = asClaims(await fetchJson(url, { accessToken, signal }))
      const [id, avatar] = [requireText(user, 'id'), textOf(user, 'avatar')]
      const picture = `https://cdn.discordapp.com/avatars/${id}/${avatar}.png`
      return {
        subject: id,
        email: textOf(user, 'email'),
        emailVerified: user['verified'] === true,
        name: textOf(user, 'global_name') ?? textOf(user, 'username'),
        givenName: null,
        familyName: null,
        pictureUrl: avatar === null ? null : picture,
        claims: user,
      }
    },
  }
}
