import { OAuthProviderError } from '@mindmesh/auth/ports'
import { decodeIdToken, type OAuth2Tokens } from 'arctic'
import { asClaims, type Claims } from './claims.ts'

/** Clocks differ. */
const LEEWAY_SECONDS = 60

/** What an id_token must say to be meant for this app and this very request. */
export interface IdTokenExpectation {
  /** By which names the issuer may go. Some make them of another claim. */
  readonly issuers: readonly string[] | ((claims: Claims) => readonly string[])
  readonly audience: string
  /** `null` only for a provider that leaves the nonce out. */
  readonly nonce: string | null
  readonly now: Date
}

/**
 * The claims of the id_token that came with the tokens, checked as OpenID Connect Core §3.1.3.7 asks. It comes from
 * the token endpoint over TLS, which the same section (6) lets stand for its signature.
 */
export function readIdToken(tokens: OAuth2Tokens, expected: IdTokenExpectation): Claims {
  const claims = decode(tokens)
  const { iss, aud, azp, exp, nonce } = claims
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const isForUs =
    audiences.includes(expected.audience) &&
    (azp === undefined ? audiences.length === 1 : azp === expected.audience)
  const isAlive = typeof exp === 'number' && exp + LEEWAY_SECONDS > expected.now.getTime() / 1000
  const isOurRequest = expected.nonce === null || nonce === expected.nonce
  const { issuers } = expected
  const names: readonly unknown[] = typeof issuers === 'function' ? issuers(claims) : issuers
  const isTheirs = names.includes(iss)
  if (!isTheirs || !isForUs || !isAlive || !isOurRequest) {
    throw new OAuthProviderError('id_token_rejected')
  }
  return claims
}

function decode(tokens: OAuth2Tokens): Claims {
  try {
    return asClaims(decodeIdToken(tokens.idToken()))
  } catch {
    // No cause: the decoder's error could hold the token.
    throw new OAuthProviderError('malformed')
  }
}
