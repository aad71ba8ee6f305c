import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Twitch } from 'arctic'
import { identityOf, textOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { readIdToken } from './shared/id-token.ts'
import { redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

const ISSUER = 'https://id.twitch.tv/oauth2'

/** What Twitch puts into an id_token only when it is asked (OpenID Connect Core §5.5). */
const CLAIMS = JSON.stringify({
  id_token: { email: null, email_verified: null, picture: null, preferred_username: null },
})

/** Twitch. Says of every address whether it is verified. Has no PKCE; the nonce binds the code to the request. */
export function twitch({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('twitch', { clientId, clientSecret })
  const clientAt = (redirectUri: string): Twitch => new Twitch(clientId, clientSecret, redirectUri)
  return {
    id: 'twitch',
    name: 'Twitch',
    issuer: null,
    responseMode: 'query',
    authorizationUrl({ state, nonce, redirectUri }) {
      const scopes = ['openid', 'user:read:email']
      const url = clientAt(redirectUri).createAuthorizationURL(state, scopes)
      return withParams(url, { nonce, claims: CLAIMS })
    },
    async exchange({ code, nonce, redirectUri, now }) {
      const tokens = await redeem(clientAt(redirectUri).validateAuthorizationCode(code))
      const claims = readIdToken(tokens, { issuers: [ISSUER], audience: clientId, nonce, now })
      return { ...identityOf(claims), name: textOf(claims, 'preferred_username') }
    },
  }
}
