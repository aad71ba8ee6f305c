import { OAuthProviderError, type OAuthProvider } from '@mindmesh/auth/ports'
import { CodeChallengeMethod, OAuth2Client } from 'arctic'
import { asClaims, textOf, type Claims } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { fetchJson } from './shared/fetch-json.ts'
import { accessTokenOf, redeem } from './shared/redeem.ts'

const AUTHORIZE = 'https://github.com/login/oauth/authorize'
const TOKEN = 'https://github.com/login/oauth/access_token'
const API = 'https://api.github.com'

/** GitHub, with PKCE. The primary address counts, with what `/user/emails` says of it; the public one proves nothing. */
export function github({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('github', { clientId, clientSecret })
  // arctic's own GitHub client has no PKCE, which GitHub has taken since July 2025.
  const clientAt = (redirectUri: string): OAuth2Client =>
    new OAuth2Client(clientId, clientSecret, redirectUri)
  return {
    id: 'github',
    name: 'GitHub',
    issuer: null,
    responseMode: 'query',
    authorizationUrl({ state, codeVerifier, redirectUri }) {
      const scopes = ['read:user', 'user:email']
      const { S256 } = CodeChallengeMethod
      const client = clientAt(redirectUri)
      return client.createAuthorizationURLWithPKCE(AUTHORIZE, state, S256, codeVerifier, scopes)
    },
    async exchange({ code, codeVerifier, redirectUri, signal }) {
      const client = clientAt(redirectUri)
      const tokens = await redeem(client.validateAuthorizationCode(TOKEN, code, codeVerifier))
      const request = { accessToken: accessTokenOf(tokens), signal }
      const user = asClaims(await fetchJson(`${API}/user`, request))
      const primary = primaryOf(await fetchJson(`${API}/user/emails`, request))
      return {
        subject: subjectOf(user),
        email: textOf(primary, 'email'),
        emailVerified: primary['verified'] === true,
        name: textOf(user, 'name') ?? textOf(user, 'login'),
        givenName: null,
        familyName: null,
        pictureUrl: textOf(user, 'avatar_url'),
        claims: user,
      }
    },
  }
}

/** The number stays when somebody takes another name. */
function subjectOf({ id }: Claims): string {
  if (typeof id !== 'number') throw new OAuthProviderError('malformed')
  return String(id)
}

function primaryOf(emails: unknown): Claims {
  const all = Array.isArray(emails) ? emails.map(asClaims) : []
  return all.find((email) => email['primary'] === true) ?? {}
}
