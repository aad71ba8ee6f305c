import { createHmac, hkdfSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveKeys, hashCode, hashSubject, hashToken } from './keys.ts'

const ONE = 'the refresh secret of these tests, one'
const TWO = 'the refresh secret of these tests, two'
const JWT = 'the jwt secret of these tests, and more'
const keys = deriveKeys({ jwtSecrets: [JWT], refreshSecrets: [ONE] })
const rotated = deriveKeys({ jwtSecrets: [JWT, ONE], refreshSecrets: [TWO, ONE] })

test('keys: the key of access tokens is the secret itself; the others are HKDF (RFC 5869) of the other secret', () => {
  expect(keys.access[0].export().toString('utf8')).toBe(JWT)
  const derived = Buffer.from(hkdfSync('sha256', ONE, '', 'mindmesh-auth/v1/codes', 32))
  expect(keys.derived[0].codes.export()).toEqual(derived)
  const { refresh, codes, outbox, subjects } = keys.derived[0]
  const all = [refresh, codes, outbox, subjects].map((key) => key.export().toString('hex'))
  expect(new Set(all).size).toBe(4)
})

test('keys: a hash is an HMAC-SHA-256 under a derived key, its parts told apart by their length', () => {
  const [hash] = hashCode(keys, 'row', '123456')
  const text = '4:code3:row6:123456'
  const expected = createHmac('sha256', keys.derived[0].codes).update(text).digest('base64url')
  expect(hash).toBe(expected)
  expect(hashToken(keys, 'ab', 'c')).not.toEqual(hashToken(keys, 'a', 'bc'))
  expect(hashCode(keys, 'row', '1')).not.toEqual(hashCode(keys, 'ro', 'w1'))
})

test('keys: the same digits in another row, purpose or kind have another hash', () => {
  expect(hashCode(keys, 'row 1', '123456')).not.toEqual(hashCode(keys, 'row 2', '123456'))
  expect(hashToken(keys, 'reset', 'token')).not.toEqual(hashToken(keys, 'change', 'token'))
  expect(hashToken(keys, 'row', '123456')).not.toEqual(hashCode(keys, 'row', '123456'))
  expect(hashSubject(keys, 'email', 'a')).not.toBe(hashSubject(keys, 'limit', 'a'))
})

test('keys: there is one candidate for each accepted secret, the newest first', () => {
  expect(rotated.access).toHaveLength(2)
  const candidates = hashToken(rotated, 'reset', 'token')
  expect(candidates).toHaveLength(2)
  expect(candidates[1]).toBe(hashToken(keys, 'reset', 'token')[0])
  expect(hashSubject(rotated, 'email', 'a')).not.toBe(hashSubject(keys, 'email', 'a'))
})
