import { describe, expect, test } from 'vitest'
import { deriveKeys } from './keys.ts'
import { parseRefreshToken, refreshTokenOf } from './refresh-token.ts'

const SECRET = 'the refresh secret of these tests, one'
const LATER = 'the refresh secret of these tests, two'
const keysOf = (refreshSecrets: [string, ...string[]]) =>
  deriveKeys({ jwtSecrets: ['the jwt secret of these tests, unused'], refreshSecrets })
const keys = keysOf([SECRET])
const session = { id: '01900000-0000-7000-8000-0123456789ab', refreshSalt: 'a salt' }

describe('refresh token', () => {
  test('names its session and generation in 128 characters, the same each time', () => {
    const token = refreshTokenOf(keys, session, 3)
    expect(token).toMatch(/^[\w-]{128}$/)
    expect(refreshTokenOf(keys, session, 3)).toBe(token)
    expect(refreshTokenOf(keys, session, 4)).not.toBe(token)
    const parsed = parseRefreshToken(keys, token)
    expect(parsed).toMatchObject({ sessionId: session.id, generation: 3 })
    expect(parsed?.isAuthentic('a salt')).toBe(true)
    expect(parsed?.isAuthentic('another salt')).toBe(false)
  })

  test('a change of any byte is noticed', () => {
    const bytes = Buffer.from(refreshTokenOf(keys, session, 3), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      const parsed = parseRefreshToken(keys, changed.toString('base64url'))
      expect(parsed?.isAuthentic('a salt') ?? false).toBe(false)
    }
  })

  test('neither the salt alone nor the secret alone makes one', () => {
    const withoutSecret = refreshTokenOf(keysOf([LATER]), session, 3)
    expect(parseRefreshToken(keys, withoutSecret)).toBeNull()
    const withoutSalt = refreshTokenOf(keys, { ...session, refreshSalt: '' }, 3)
    expect(parseRefreshToken(keys, withoutSalt)?.isAuthentic('a salt')).toBe(false)
  })

  test('an earlier secret is accepted while it is kept, and the newest makes new ones', () => {
    const old = refreshTokenOf(keys, session, 3)
    const rotated = keysOf([LATER, SECRET])
    expect(parseRefreshToken(rotated, old)?.isAuthentic('a salt')).toBe(true)
    const fresh = refreshTokenOf(rotated, session, 3)
    expect(parseRefreshToken(keys, fresh)).toBeNull()
    expect(parseRefreshToken(keysOf([LATER]), fresh)?.isAuthentic('a salt')).toBe(true)
  })

  test('another spelling of the same bytes is another text', () => {
    const bytes = Buffer.from(refreshTokenOf(keys, session, 3), 'base64url')
    // A session and generation whose token has both characters that base64 writes otherwise.
    const spelled = Array.from({ length: 200 }, (_, n) => refreshTokenOf(keys, session, n)).find(
      (token) => token.includes('-') && token.includes('_'),
    )
    const other = (spelled ?? '').replaceAll('-', '+').replaceAll('_', '/')
    expect(Buffer.from(other, 'base64url')).toHaveLength(96)
    expect(parseRefreshToken(keys, spelled ?? '')).not.toBeNull()
    expect(parseRefreshToken(keys, other)).toBeNull()
    expect(parseRefreshToken(keys, bytes.toString('hex'))).toBeNull()
  })

  test.each(['', 'x', 'A'.repeat(127), 'A'.repeat(129), '\0'.repeat(128), '😀'.repeat(64)])(
    'the text “%s” is none',
    (text) => {
      expect(parseRefreshToken(keys, text)).toBeNull()
    },
  )

  test('a generation past what a number holds exactly is none', () => {
    const bytes = Buffer.from(refreshTokenOf(keys, session, 3), 'base64url')
    bytes.writeBigUInt64BE(2n ** 53n, 16)
    expect(parseRefreshToken(keys, bytes.toString('base64url'))).toBeNull()
    bytes.writeBigUInt64BE(2n ** 53n - 1n, 16)
    expect(parseRefreshToken(keys, bytes.toString('base64url'))).not.toBeNull()
  })
})
