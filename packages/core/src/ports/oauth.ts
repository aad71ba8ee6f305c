/** What one authorization request is made of. Each value is used once. */
export interface AuthorizationRequest {
  /** Comes back unchanged with the answer. */
  readonly state: string
  /** RFC 7636: the request carries its S256 challenge wherever the provider takes one. */
  readonly codeVerifier: string
  /** OpenID Connect: the id_token must hold it. */
  readonly nonce: string
  /** The callback of this provider and of no other (RFC 9700 §4.4.2.2). */
  readonly redirectUri: string
}

/** What a provider's authorization code is exchanged with. */
export interface CodeExchange {
  readonly code: string
  readonly codeVerifier: string
  readonly nonce: string
  readonly redirectUri: string
  /** The `user` field that Apple posts beside the first code: names, written by the browser, proof of nothing. */
  readonly userField: string | null
  /** The time by which an id_token is judged. */
  readonly now: Date
  /** Aborts when the provider has had its time. */
  readonly signal: AbortSignal
}

/** Who somebody is, as a provider says. */
export interface OAuthIdentity {
  /** Names the person at this provider for ever. 1 to 255 characters. */
  readonly subject: string
  readonly email: string | null
  /** True only where the provider itself says that the person has proven this address. */
  readonly emailVerified: boolean
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly pictureUrl: string | null
  /** Everything that the provider told of the person, as it came. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** A provider that people sign in with. Rejections are {@link OAuthProviderError}s where the cause is known. */
export interface OAuthProvider {
  /** Stands in the callback's URL and in the table of identities: never change it. */
  readonly id: string
  /** As people know it. */
  readonly name: string
  /** What the `iss` of an answer must be (RFC 9207), or `null` where that is not known. */
  readonly issuer: string | null
  /** `form_post`: the answer comes as a cross-site POST, which carries no `SameSite=Lax` cookie. */
  readonly responseMode: 'query' | 'form_post'
  /** Where the browser is sent. */
  authorizationUrl(request: AuthorizationRequest): URL
  /** Redeems the code and asks who it is for. Checks issuer, audience, end and nonce of an id_token. */
  exchange(exchange: CodeExchange): Promise<OAuthIdentity>
}
