import { createHmac, type KeyObject } from 'node:crypto'
import { constantTimeEqual } from './constant-time.ts'

/** What an access token says (RFC 7519 §4.1, and the original's three). Times are seconds since 1970. */
export interface AccessTokenClaims {
  readonly userId: string
  readonly sessionId: string
  readonly email: string
  /** The user's id again, under the registered name. */
  readonly sub: string
  readonly iss: string
  readonly aud: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
}

/** What a token is checked against. */
export interface AccessTokenExpectation {
  readonly issuer: string
  readonly audience: string
  readonly now: Date
}

/**
 * The only headers there are: ours, and the same without `typ`. A token's header is compared with them as text
 * and never interpreted, so `alg: none`, another algorithm or a `kid` cannot arise (RFC 8725 §3.1).
 */
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
const ACCEPTED_HEADERS: readonly string[] = [
  HEADER,
  Buffer.from('{"alg":"HS256"}').toString('base64url'),
]
const LONGEST_TOKEN = 4096
/** How far another machine's clock may be ahead of ours. */
const SKEW_SECONDS = 60

/** Signs the claims as a JWT (HS256, RFC 7515). */
export function signAccessToken(key: KeyObject, claims: AccessTokenClaims): string {
  const body = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}

/** The claims of a token that one of the keys signed and that is valid now; else why not. */
export function verifyAccessToken(
  keys: readonly KeyObject[],
  token: string,
  expected: AccessTokenExpectation,
): AccessTokenClaims | 'invalid' | 'expired' {
  if (token.length > LONGEST_TOKEN) return 'invalid'
  const headerEnd = token.indexOf('.')
  const bodyEnd = token.lastIndexOf('.')
  if (headerEnd === bodyEnd || !ACCEPTED_HEADERS.includes(token.slice(0, headerEnd)))
    return 'invalid'
  const body = token.slice(0, bodyEnd)
  const signature = token.slice(bodyEnd + 1)
  const isSigned = keys.some((key) =>
    constantTimeEqual(createHmac('sha256', key).update(body).digest('base64url'), signature),
  )
  if (!isSigned) return 'invalid'
  return checkClaims(token.slice(headerEnd + 1, bodyEnd), expected)
}

function checkClaims(
  encoded: string,
  expected: AccessTokenExpectation,
): AccessTokenClaims | 'invalid' | 'expired' {
  const claims = parseClaims(encoded)
  if (claims === null) return 'invalid'
  const now = Math.floor(expected.now.getTime() / 1000)
  if (claims.iss !== expected.issuer || claims.aud !== expected.audience) return 'invalid'
  if (claims.sub !== claims.userId || claims.iat > now + SKEW_SECONDS) return 'invalid'
  return claims.exp > now ? claims : 'expired'
}

function parseClaims(encoded: string): AccessTokenClaims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
    return isClaims(claims) ? claims : null
  } catch {
    return null
  }
}

const TEXT_CLAIMS = ['userId', 'sessionId', 'email', 'sub', 'iss', 'aud', 'jti'] as const

function isClaims(value: unknown): value is AccessTokenClaims {
  if (typeof value !== 'object' || value === null) return false
  const claims: Partial<Record<string, unknown>> = { ...value }
  return (
    TEXT_CLAIMS.every((name) => typeof claims[name] === 'string') &&
    Number.isSafeInteger(claims['iat']) &&
    Number.isSafeInteger(claims['exp'])
  )
}
