import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { argon2id } from '@noble/hashes/argon2.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { scrypt } from '@noble/hashes/scrypt.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { compactVerify, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { verifyAccessToken } from '../packages/core/src/crypto/access-token.ts'
import { deriveKeys, hashCode } from '../packages/core/src/crypto/keys.ts'
import { refreshTokenOf } from '../packages/core/src/crypto/refresh-token.ts'
import { argon2idHasher } from '../packages/core/src/password/password-hasher.ts'
import { codeOf } from './support/code-of.ts'
import { SECRETS, testInstance } from './support/instance.ts'

/*
 * Published vectors hold an implementation that is not ours and not Node's (@noble/hashes); what it makes of our inputs
 * then has to be what we make of them. Vectors whose form or cost ours does not take cannot be asked of it directly.
 */

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex')
const base64url = (data: Uint8Array): string => Buffer.from(data).toString('base64url')

describe('the other implementation meets', () => {
  test.each([
    [
      '0b'.repeat(20),
      '4869205468657265',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      hexOf(bytes('Jefe')),
      hexOf(bytes('what do ya want for nothing?')),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'aa'.repeat(131),
      hexOf(bytes('Test Using Larger Than Block-Size Key - Hash Key First')),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('RFC 4231: HMAC-SHA-256 under %s', (key, data, mac) => {
    expect(hexOf(hmac(sha256, hex(key), hex(data)))).toBe(mac)
  })

  test('RFC 5869, A.1 and A.3: HKDF with SHA-256, with and without salt', () => {
    const key = hex('0b'.repeat(22))
    const salt = hex('000102030405060708090a0b0c')
    expect(hexOf(hkdf(sha256, key, salt, hex('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    )
    expect(hexOf(hkdf(sha256, key, new Uint8Array(), new Uint8Array(), 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    )
  })

  test('RFC 7914 §12: scrypt', () => {
    expect(
      hexOf(scrypt('pleaseletmein', 'SodiumChloride', { N: 16_384, r: 8, p: 1, dkLen: 64 })),
    ).toBe(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    )
  })

  test('RFC 9106 §5.3: argon2id', () => {
    const cost = { t: 3, m: 32, p: 4, dkLen: 32 }
    const secrets = { key: hex('03'.repeat(8)), personalization: hex('04'.repeat(12)) }
    expect(
      hexOf(argon2id(hex('01'.repeat(32)), hex('02'.repeat(16)), { ...cost, ...secrets })),
    ).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  })
})

describe('tokens and keys', () => {
  const keys = deriveKeys({
    jwtSecrets: [SECRETS.jwtSecret],
    refreshSecrets: [SECRETS.refreshSecret],
  })
  const derived = (use: string, length = 32): Uint8Array =>
    hkdf(
      sha256,
      bytes(SECRETS.refreshSecret),
      new Uint8Array(),
      bytes(`mindmesh-auth/v1/${use}`),
      length,
    )

  test('every key is what HKDF makes of the secret', () => {
    const [ours] = keys.derived
    expect(hexOf(ours.refreshKeyId)).toBe(hexOf(derived('refresh-key-id', 8)))
    for (const use of ['refresh', 'codes', 'outbox', 'subjects', 'payloads'] as const) {
      expect(hexOf(ours[use].export())).toBe(hexOf(derived(use)))
    }
  })

  test('an access token and the hash of a code carry the HMAC-SHA-256 of what they are', async () => {
    const t = testInstance(memoryStore())
    await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const [header, body, mac] = accessToken.split('.')
    const input = bytes(`${header}.${body}`)
    expect(mac).toBe(base64url(hmac(sha256, bytes(SECRETS.jwtSecret), input)))
    const text = bytes('4:code3:row6:123456')
    expect(hashCode(keys, 'row', '123456')).toEqual([
      base64url(hmac(sha256, derived('codes'), text)),
    ])
  })

  test('a refresh token carries the HMAC-SHA-512 of what it names, under a key of its session', () => {
    const session = { id: '01900000-0000-7000-8000-000000000000', refreshSalt: 'salt' }
    const token = Buffer.from(refreshTokenOf(keys, session, 7), 'base64url')
    const key = hmac(sha512, derived('refresh'), bytes('salt'))
    expect(hexOf(token.subarray(32))).toBe(hexOf(hmac(sha512, key, token.subarray(0, 32))))
  })

  test('RFC 7515 A.1: jose takes it, we refuse its header, which is none that we issue', async () => {
    const k =
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
    const token =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly' +
      '9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const { payload } = await compactVerify(token, await importJWK({ kty: 'oct', k, alg: 'HS256' }))
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ iss: 'joe' })
    const own = deriveKeys({ jwtSecrets: [k], refreshSecrets: [SECRETS.refreshSecret] })
    const expected = { issuer: 'joe', audience: 'joe', now: new Date(0) }
    expect(verifyAccessToken(own.access, token, expected)).toBe('invalid')
  })
})

describe('Wycheproof, json_web_signature_test.json, group hs256', () => {
  // https://github.com/C2SP/wycheproof, testvectors_v1: the only group of an algorithm that we take.
  const K = '-ebuDNsVZ2iJtoZ-akfXTSCt4UO2cruLCsbWlBinggE'
  const HEADER = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC1hZXMtc2lnbiJ9'
  const MAC = 'TD37p4c_0jmreSrBSDmE0F3mYSPtkZ3WrSyI5wb_KTg'
  const VECTORS: readonly (readonly [string, string])[] = [
    ['acceptsValid, whose header names a kid', `${HEADER}.Zm9v.${MAC}`],
    ['rejectsModifiedSignature', `${HEADER}.Zm9v.X${MAC.slice(1)}`],
    ['rejectsMissingSignature', `${HEADER}.Zm9v.`],
    ['rejectsMissingSignatureAndSeparator', `${HEADER}.Zm9v`],
    ['rejectsModifiedPayload', `${HEADER}.WG9v.${MAC}`],
    ['rejectsMissingPayload', `${HEADER}..${MAC}`],
    ['rejectsMissingPayloadAndSeparator', `${HEADER}.${MAC}`],
    ['rejectsModifiedHeader', `eyJhbGciOiJIUzI1NiIsImtpZCI6IlhpZC1hZXMtc2lnbiJ9.Zm9v.${MAC}`],
    ['rejectsMissingHeader', `.Zm9v.${MAC}`],
    ['rejectsMissingHeaderAndSeparator', `Zm9v.${MAC}`],
    ['rejectsMissingHeaderAndSignature', '.Zm9v.'],
    ['rejectsMissingHeaderSignatureAndSeparators', 'Zm9v'],
    ['rejectsEmptyString', ''],
    ['rejectsExtraEmptyComponent', `${HEADER}.Zm9v.${MAC}.`],
    ['rejectsExtraComponent', `${HEADER}.Zm9v.${MAC}.foo`],
    [
      'rejectsNoneAlgorithmAndMissingSignature',
      'eyJhbGciOiJub25lIiwia2lkIjoia2lkLWFlcy1zaWduIn0.Zm9v.',
    ],
    [
      'rejectsValidJsonSerialization',
      `{"payload":"Zm9v","signatures":[{"protected":"${HEADER}","header":{"unknown":"untrustworthy"},"signature":"${MAC}"}`,
    ],
  ]
  const t = testInstance(memoryStore())

  test('jose takes the valid one, with the same key', async () => {
    const key = await importJWK({ kty: 'oct', k: K, alg: 'HS256' })
    const { payload } = await compactVerify(`${HEADER}.Zm9v.${MAC}`, key)
    expect(Buffer.from(payload).toString()).toBe('foo')
  })

  test.each(VECTORS)('%s: is refused', async (_, token) => {
    expect(await codeOf(t.mindmesh.auth.verifyAccessToken(token))).toBe('token_invalid')
  })

  test('what is done there to a valid token is refused of one of ours', async () => {
    await t.register('anna')
    const { accessToken } = await t.signIn('anna')
    const [header = '', payload = '', mac = ''] = accessToken.split('.')
    expect(await t.mindmesh.auth.verifyAccessToken(accessToken)).toHaveProperty('sessionId')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const kid = Buffer.from('{"alg":"HS256","typ":"JWT","kid":"x"}').toString('base64url')
    const broken = [
      `${header}.${payload}.${mac.startsWith('X') ? 'Y' : 'X'}${mac.slice(1)}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.X${payload.slice(1)}.${mac}`,
      `${header}..${mac}`,
      `${header}.${mac}`,
      `${kid}.${payload}.${mac}`,
      `.${payload}.${mac}`,
      `${payload}.${mac}`,
      `.${payload}.`,
      payload,
      `${accessToken}.`,
      `${accessToken}.foo`,
      `${none}.${payload}.`,
      JSON.stringify({ payload, signatures: [{ protected: header, signature: mac }] }),
    ]
    for (const token of broken) {
      expect(await codeOf(t.mindmesh.auth.verifyAccessToken(token))).toBe('token_invalid')
    }
  })
})

describe('password hashes', () => {
  const hasher = argon2idHasher({
    memoryKiB: 19_456,
    iterations: 2,
    parallelism: 1,
    maxConcurrent: 2,
    maxQueued: 100,
  })

  test.each([
    // phc-winner-argon2, src/test.c: argon2id, version 0x13.
    [
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
      'password',
    ],
    [
      '$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg',
      'password',
    ],
    [
      '$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw',
      'password',
    ],
    [
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94',
      'differentpassword',
    ],
    [
      '$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw',
      'password',
    ],
    // jBCrypt, TestBCrypt.java.
    ['$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe', 'a'],
    ['$2a$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V.', 'a'],
    [
      '$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO',
      '~!@#$%^&*()      ~!@#$%^&*()PNBFRD',
    ],
  ])('the published %s verifies, and fits no other password', async (hash, password) => {
    expect(await hasher.verify(hash, password)).toBe(true)
    expect(await hasher.verify(hash, `${password}x`)).toBe(false)
  })

  test('a new one is the argon2id that the other implementation makes of its salt', async () => {
    const hash = await hasher.hash('correct horse battery')
    const [, , , , salt = '', key = ''] = hash.split('$')
    const cost = { m: 19_456, t: 2, p: 1, dkLen: 32 }
    const made = argon2id('correct horse battery', Buffer.from(salt, 'base64'), cost)
    expect(Buffer.from(key, 'base64')).toEqual(Buffer.from(made))
  })

  test('one of scrypt, as the other implementation makes it, verifies', async () => {
    const salt = '00112233445566778899aabbccddeeff'
    const key = hexOf(scrypt('correct horse battery', salt, { N: 16_384, r: 16, p: 1, dkLen: 64 }))
    for (const hash of [`${salt}:${key}`, `s2:${salt}:${key}`]) {
      expect(await hasher.verify(hash, 'correct horse battery')).toBe(true)
      expect(await hasher.verify(hash, 'correct horse batterz')).toBe(false)
    }
  })
})
