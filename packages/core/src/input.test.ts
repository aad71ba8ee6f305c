import { expect, test } from 'vitest'
import {
  parseCode,
  parseDate,
  parseEmail,
  parseId,
  parseLimit,
  parseObject,
  parsePassword,
  parseText,
  parseToken,
} from './input.ts'

test.each([
  ['Anna@Example.COM', 'anna@example.com'],
  ['  anna@example.com ', 'anna@example.com'],
  ['anna@BÜCHER.example', 'anna@xn--bcher-kva.example'],
  ['anna@ｅｘａｍｐｌｅ.com', 'anna@example.com'],
  ['anna@xn--bcher-kva.example', 'anna@xn--bcher-kva.example'],
  ['root@localhost', 'root@localhost'],
  ['a.b+c@4chan.example', 'a.b+c@4chan.example'],
  ["o'neill!#$%&*/=?^_`{|}~-@example.com", "o'neill!#$%&*/=?^_`{|}~-@example.com"],
  [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
])('parseEmail: %j is the address %j', (written, canonical) => {
  expect(parseEmail(written)).toEqual({ canonical, display: written.trim() })
})

// A URL parser would read an owner's domain out of each of these: whoever wrote it would take their address.
test.each([
  'victim@example.com#x',
  'victim@example.com/x',
  'victim@example.com?x',
  'victim@example.com:25',
  'victim@ex%61mple.com',
  'victim@ex%61mplé.com',
  'victim@exämple.com／x',
  'victim@example.com\\x',
  'victim@x@example.com',
  'victim@127.1\u00e9/',
  'victim@[127.0.0.1]',
  '"victim"@example.com',
  'victim@example..com',
  'victim@-example.com',
  'victim@127.0.0.1',
  'victim@example.co\u2100.attacker.example',
  'victim@example.com.',
  `victim@${'b'.repeat(64)}.com`,
  `${'a'.repeat(65)}@example.com`,
  'víctim@example.com',
  'vic..tim@example.com',
  'victim',
  'victim@',
  '@example.com',
])('parseEmail: %j is refused', (written) => {
  expect(() => parseEmail(written)).toThrow(
    expect.objectContaining({ code: 'invalid_input', field: 'email', reason: 'not_an_address' }),
  )
})

test('parseEmail: an address of 254 characters is the longest, also once its domain is written out', () => {
  const local = 'a'.repeat(64)
  const domain = [63, 63, 61].map((length) => 'b'.repeat(length)).join('.')
  expect(parseEmail(`${local}@${domain}`).canonical).toHaveLength(254)
  expect(() => parseEmail(`${local}@${domain}b`)).toThrow()
  expect(() =>
    parseEmail(`${local}@${'ü'.repeat(20)}.${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(40)}`),
  ).toThrow()
})

test('password: is put into NFC, and has up to 256 characters as people count them', () => {
  expect(parsePassword('cafe\u0301')).toBe('caf\u00e9')
  expect(parsePassword(' spaces stay ')).toBe(' spaces stay ')
  expect(parsePassword('😀'.repeat(256))).toHaveLength(512)
  // 257 code points that NFC makes 256 of.
  expect(parsePassword(`${'x'.repeat(255)}e\u0301`)).toHaveLength(256)
  expect(() => parsePassword('x'.repeat(257))).toThrow(
    expect.objectContaining({ reason: 'too_long' }),
  )
})

test('code: what people add is left out', () => {
  expect(parseCode('123 456')).toBe('123456')
  expect(parseCode(' 12-34-56 ')).toBe('123456')
  expect(parseCode('0000')).toBe('0000')
  expect(() => parseCode('1234567890123')).toThrow(
    expect.objectContaining({ reason: 'not_a_code' }),
  )
  expect(() => parseCode(' - ')).toThrow(expect.objectContaining({ reason: 'not_a_code' }))
})

test('text and token: hold anything that can be printed, up to their length', () => {
  expect(parseText('Grüße, 😀\u00a0', 'reason', 10)).toHaveLength(10)
  expect(() => parseText('x'.repeat(11), 'reason', 10)).toThrow('reason is too long.')
  expect(parseToken('x'.repeat(4096))).toHaveLength(4096)
  expect(() => parseToken('x'.repeat(4097))).toThrow('token is too long.')
})

test('id: is a UUID in either case', () => {
  const id = '01900000-0000-7000-8000-0123456789ab'
  expect(parseId(id.toUpperCase(), 'id')).toBe(id)
  expect(() => parseId(id.replaceAll('-', ''), 'id')).toThrow('id is not an id.')
})

test('limit and date: what is left out has its default', () => {
  expect(parseLimit(undefined, 50, 500)).toBe(50)
  expect(parseLimit(1, 50, 500)).toBe(1)
  expect(parseLimit(500, 50, 500)).toBe(500)
  expect(() => parseLimit(501, 50, 500)).toThrow('limit must be a whole number from 1 to 500.')
  expect(parseDate(undefined, 'since')).toBeNull()
  const date = new Date()
  expect(parseDate(date, 'since')).toBe(date)
})

test('object: is copied, so that what changes later was not read', () => {
  const given = { firstName: 'Anna' }
  const parsed = parseObject(given, 'profile')
  given.firstName = 'Berta'
  expect(parsed).toEqual({ firstName: 'Anna' })
  expect(parseObject(undefined, 'profile')).toEqual({})
  const bare: object = Object.create(null)
  expect(parseObject(Object.assign(bare, { a: 1 }), 'profile')).toEqual({ a: 1 })
})
