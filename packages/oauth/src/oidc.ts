import { OAuthProviderError, type OAuthProvider } from '@mindmesh/auth/ports'
import { CodeChallengeMethod, OAuth2Client } from 'arctic'
import { assertSecure } from './shared/assert-secure.ts'
import { asClaims, identityOf } from './shared/claims.ts'
import { assertGiven } from './shared/client-options.ts'
import { fetchJson } from './shared/fetch-json.ts'
import { readIdToken } from './shared/id-token.ts'
import { accessTokenOf, redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

/** An OpenID Connect provider, as its `/.well-known/openid-configuration` describes it. */
export interface OidcOptions {
  /** Stands in the callback's URL and in your tables: never change it. */
  readonly id: string
  /** On buttons and in mails. @default the id */
  readonly name?: string
  /** Exactly as in its id_tokens. */
  readonly issuer: string
  readonly clientId: string
  /** `null` for a public client. Sent as `client_secret_basic`. */
  readonly clientSecret: string | null
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Asked for the person's claims. @default none: they are read from the id_token */
  readonly userinfoEndpoint?: string
  /** @default ['openid', 'email', 'profile'] */
  readonly scopes?: readonly string[]
}

/** Any OpenID Connect provider, with PKCE. Its `email_verified` is believed: name only one that you trust with it. */
export function oidc(options: OidcOptions): OAuthProvider {
  const { id, name = id, issuer, clientId, authorizationEndpoint, tokenEndpoint } = options
  const { userinfoEndpoint, scopes = ['openid', 'email', 'profile'] } = options
  assertGiven(id, { id, issuer, clientId, authorizationEndpoint, tokenEndpoint })
  assertSecure(id, { tokenEndpoint, ...(userinfoEndpoint && { userinfoEndpoint }) })
  const secret = options.clientSecret === null ? null : encode(options.clientSecret)
  return {
    id,
    name,
    issuer,
    responseMode: 'query',
    authorizationUrl({ state, codeVerifier, nonce, redirectUri }) {
      const client = new OAuth2Client(clientId, null, redirectUri)
      const url = client.createAuthorizationURLWithPKCE(
        authorizationEndpoint,
        state,
        CodeChallengeMethod.S256,
        codeVerifier,
        [...scopes],
      )
      return withParams(url, { nonce })
    },
    async exchange({ code, codeVerifier, nonce, redirectUri, now, signal }) {
      const user = secret === null ? clientId : encode(clientId)
      const client = new OAuth2Client(user, secret, redirectUri)
      const request = client.validateAuthorizationCode(tokenEndpoint, code, codeVerifier)
      const tokens = await redeem(request)
      const claims = readIdToken(tokens, { issuers: [issuer], audience: clientId, nonce, now })
      if (userinfoEndpoint === undefined) return identityOf(claims)
      const accessToken = accessTokenOf(tokens)
      const info = asClaims(await fetchJson(userinfoEndpoint, { accessToken, signal }))
      // OpenID Connect Core §5.3.2: an answer about somebody else must not be used.
      if (info['sub'] !== claims['sub']) throw new OAuthProviderError('id_token_rejected')
      return identityOf(info)
    },
  }
}

/** RFC 6749 §2.3.1: both parts of the Basic scheme are form-encoded first. */
function encode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
