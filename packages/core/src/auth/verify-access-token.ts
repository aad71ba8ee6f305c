import type { Context } from '../context.ts'
import { verifyAccessToken, type AccessTokenClaims } from '../crypto/access-token.ts'
import { AuthError, invalidInput } from '../errors.ts'

/** The claims of a valid access token. Asks no database. Throws `token_invalid` or `token_expired`. */
export function readAccessToken(context: Context, accessToken: string): AccessTokenClaims {
  if (typeof accessToken !== 'string') {
    throw invalidInput('accessToken', 'not_a_string', 'accessToken must be a text.')
  }
  const claims = verifyAccessToken(context.keys.access, accessToken, {
    issuer: context.config.issuer,
    audience: context.config.audience,
    now: context.clock.now(),
  })
  if (claims === 'invalid') throw new AuthError('token_invalid')
  if (claims === 'expired') throw new AuthError('token_expired')
  return claims
}
