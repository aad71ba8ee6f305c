import type { OAuthProvider } from '@mindmesh/auth/ports'
import { CodeChallengeMethod, OAuth2Client } from 'arctic'
import { identityOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { assertSecure } from './shared/assert-secure.ts'
import { readIdToken } from './shared/id-token.ts'
import { redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

/** How the app is known at GitLab, and at which. */
export interface GitLabOptions extends ClientOptions {
  /** An instance of your own. @default 'https://gitlab.com' */
  readonly baseUrl?: string
}

/** GitLab, with PKCE. Says of the primary address whether it is verified. */
export function gitlab({
  clientId,
  clientSecret,
  baseUrl = 'https://gitlab.com',
}: GitLabOptions): OAuthProvider {
  assertGiven('gitlab', { clientId, clientSecret })
  assertSecure('gitlab', { baseUrl })
  const base = baseUrl.replace(/\/$/, '')
  // arctic's own GitLab client has no PKCE.
  const clientAt = (redirectUri: string): OAuth2Client =>
    new OAuth2Client(clientId, clientSecret, redirectUri)
  return {
    id: 'gitlab',
    name: 'GitLab',
    issuer: null,
    responseMode: 'query',
    authorizationUrl({ state, codeVerifier, nonce, redirectUri }) {
      const scopes = ['openid', 'email', 'profile']
      const { S256 } = CodeChallengeMethod
      const client = clientAt(redirectUri)
      const endpoint = `${base}/oauth/authorize`
      const url = client.createAuthorizationURLWithPKCE(endpoint, state, S256, codeVerifier, scopes)
      return withParams(url, { nonce })
    },
    async exchange({ code, codeVerifier, nonce, redirectUri, now }) {
      const request = clientAt(redirectUri)
      const endpoint = `${base}/oauth/token`
      const tokens = await redeem(request.validateAuthorizationCode(endpoint, code, codeVerifier))
      return identityOf(readIdToken(tokens, { issuers: [base], audience: clientId, nonce, now }))
    },
  }
}
