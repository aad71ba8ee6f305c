import { createHmac, timingSafeEqual } from 'node:crypto'
import type { DerivedKeys, Keys } from './keys.ts'

/** Exactly 128 characters of base64url: session 16, generation 8, key 8, MAC 64. */
const TOKEN_BYTES = 96
const BODY_BYTES = 32

/** What a refresh token names, before its MAC is checked. */
export interface ParsedRefreshToken {
  readonly sessionId: string
  readonly generation: number
  /** Whether the token was made from this session's salt by one of our keys. */
  readonly isAuthentic: (refreshSalt: string) => boolean
}

/**
 * The token of one generation of a session. It is authenticated under a key made from the server's secret *and*
 * the session's salt, so neither a copy of the database nor the secret alone can forge one, and the same
 * generation always gives the very same token: that is what lets a repeated refresh converge.
 */
export function refreshTokenOf(
  keys: Keys,
  session: { readonly id: string; readonly refreshSalt: string },
  generation: number,
): string {
  const key = keys.derived[0]
  const body = Buffer.alloc(BODY_BYTES)
  body.write(session.id.replaceAll('-', ''), 0, 'hex')
  body.writeBigUInt64BE(BigInt(generation), 16)
  key.refreshKeyId.copy(body, 24)
  return Buffer.concat([body, macOf(key, session.refreshSalt, body)]).toString('base64url')
}

/** Reads a token, or `null` where it is none of ours by its form or names a key that we do not hold. */
export function parseRefreshToken(keys: Keys, token: string): ParsedRefreshToken | null {
  const bytes = Buffer.from(token, 'base64url')
  // Another spelling of the same bytes is another string: only the canonical one counts (RFC 4648 §3.5).
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return null
  const body = bytes.subarray(0, BODY_BYTES)
  const key = keys.derived.find((k) => k.refreshKeyId.equals(body.subarray(24)))
  const generation = Number(body.readBigUInt64BE(16))
  if (key === undefined || !Number.isSafeInteger(generation)) return null
  const sessionId = body.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return {
    sessionId,
    generation,
    isAuthentic: (salt) => timingSafeEqual(macOf(key, salt, body), bytes.subarray(BODY_BYTES)),
  }
}

function macOf(key: DerivedKeys, salt: string, body: Buffer): Buffer {
  const sessionKey = createHmac('sha512', key.refresh).update(salt).digest()
  return createHmac('sha512', sessionKey).update(body).digest()
}
