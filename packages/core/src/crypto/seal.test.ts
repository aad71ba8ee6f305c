import { createSecretKey, webcrypto } from 'node:crypto'
import { expect, test } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { seal, unseal } from './seal.ts'

const SECRET = Buffer.alloc(32, 7)
const key = createSecretKey(SECRET)
const other = createSecretKey(Buffer.alloc(32, 8))
const TEXT = 'The code is 123456. Größe, 😀.'

test('seal: what was sealed opens under its key and context, and nowhere else', () => {
  const sealed = seal(key, seededRandom('seal'), 'row 1', TEXT)
  expect(sealed).toMatch(/^[\w-]+$/)
  expect(unseal([key], 'row 1', sealed)).toBe(TEXT)
  expect(unseal([other, key], 'row 1', sealed)).toBe(TEXT)
  expect(unseal([other], 'row 1', sealed)).toBeNull()
  expect(unseal([], 'row 1', sealed)).toBeNull()
  expect(unseal([key], 'row 2', sealed)).toBeNull()
})

test('seal: a change of any byte, or a part that is missing, is noticed', () => {
  const sealed = Buffer.from(seal(key, seededRandom('seal'), 'row', TEXT), 'base64url')
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(unseal([key], 'row', changed.toString('base64url'))).toBeNull()
    expect(unseal([key], 'row', sealed.subarray(0, at).toString('base64url'))).toBeNull()
  }
  expect(unseal([key], 'row', '')).toBeNull()
})

test('seal: the same text twice is two sealed texts', () => {
  const random = seededRandom('seal')
  expect(seal(key, random, 'row', TEXT)).not.toBe(seal(key, random, 'row', TEXT))
  expect(unseal([key], 'row', seal(key, random, 'row', ''))).toBe('')
})

test('seal: is AES-256-GCM as WebCrypto has it', async () => {
  const sealed = Buffer.from(seal(key, seededRandom('seal'), 'row', TEXT), 'base64url')
  const imported = await webcrypto.subtle.importKey('raw', SECRET, 'AES-GCM', false, ['decrypt'])
  const opened = await webcrypto.subtle.decrypt(
    {
      name: 'AES-GCM',
      iv: sealed.subarray(0, 12),
      additionalData: Buffer.from('row'),
      tagLength: 128,
    },
    imported,
    sealed.subarray(12),
  )
  expect(Buffer.from(opened).toString('utf8')).toBe(TEXT)
})
