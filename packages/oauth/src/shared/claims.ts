import { OAuthProviderError, type OAuthIdentity } from '@mindmesh/auth/ports'

/** What a provider tells of a person: an object of which nothing is certain. */
export type Claims = Readonly<Record<string, unknown>>

/** An answer that must be an object. */
export function asClaims(answer: unknown): Claims {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new OAuthProviderError('malformed')
  }
  return Object.fromEntries(Object.entries(answer))
}

/** A claim that is a text and not empty, else `null`. */
export function textOf(claims: Claims, name: string): string | null {
  const value = claims[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A claim that must be a text and not empty. */
export function requireText(claims: Claims, name: string): string {
  const value = textOf(claims, name)
  if (value === null) throw new OAuthProviderError('malformed')
  return value
}

/** Some providers write the boolean as a text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

/** An identity from the standard claims (OpenID Connect Core §5.1). Without `email_verified` no address is verified. */
export function identityOf(claims: Claims): OAuthIdentity {
  return {
    subject: requireText(claims, 'sub'),
    email: textOf(claims, 'email'),
    emailVerified: isTrue(claims['email_verified']),
    name: textOf(claims, 'name'),
    givenName: textOf(claims, 'given_name'),
    familyName: textOf(claims, 'family_name'),
    pictureUrl: textOf(claims, 'picture'),
    claims,
  }
}
