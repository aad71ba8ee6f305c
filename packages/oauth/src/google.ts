import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Google } from 'arctic'
import { identityOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { readIdToken } from './shared/id-token.ts'
import { redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

const ISSUER = 'https://accounts.google.com'

/** Google. Says of every address whether it is verified. */
export function google({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('google', { clientId, clientSecret })
  const clientAt = (redirectUri: string): Google => new Google(clientId, clientSecret, redirectUri)
  return {
    id: 'google',
    name: 'Google',
    issuer: ISSUER,
    responseMode: 'query',
    authorizationUrl({ state, codeVerifier, nonce, redirectUri }) {
      const scopes = ['openid', 'email', 'profile']
      const url = clientAt(redirectUri).createAuthorizationURL(state, codeVerifier, scopes)
      return withParams(url, { nonce })
    },
    async exchange({ code, codeVerifier, nonce, redirectUri, now }) {
      const client = clientAt(redirectUri)
      const tokens = await redeem(client.validateAuthorizationCode(code, codeVerifier))
      // Google names itself in both ways.
      const issuers = [ISSUER, 'accounts.google.com']
      return identityOf(readIdToken(tokens, { issuers, audience: clientId, nonce, now }))
    },
  }
}
