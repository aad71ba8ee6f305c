import type { OAuthProvider } from '@mindmesh/auth/ports'
import { LinkedIn } from 'arctic'
import { identityOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { readIdToken } from './shared/id-token.ts'
import { redeem } from './shared/redeem.ts'

/** LinkedIn. Says of every address whether it is verified. Has neither PKCE nor a nonce for web apps. */
export function linkedin({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('linkedin', { clientId, clientSecret })
  const clientAt = (redirectUri: string): LinkedIn =>
    new LinkedIn(clientId, clientSecret, redirectUri)
  return {
    id: 'linkedin',
    name: 'LinkedIn',
    issuer: null,
    responseMode: 'query',
    authorizationUrl: ({ state, redirectUri }) =>
      clientAt(redirectUri).createAuthorizationURL(state, ['openid', 'email', 'profile']),
    async exchange({ code, redirectUri, now }) {
      const tokens = await redeem(clientAt(redirectUri).validateAuthorizationCode(code))
      // It named itself in the second way until 2024.
      const issuers = ['https://www.linkedin.com/oauth', 'https://www.linkedin.com']
      return identityOf(readIdToken(tokens, { issuers, audience: clientId, nonce: null, now }))
    },
  }
}
