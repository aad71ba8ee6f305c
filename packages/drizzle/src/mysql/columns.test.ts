import { describe, expect, test } from 'vitest'
import { mysqlTable } from 'drizzle-orm/mysql-core'
import { address, json, key, longText, moment, text } from './columns.ts'

const columns = mysqlTable('columns', {
  key: key('key', 8),
  text: text('text', 8),
  address: address('address'),
  longText: longText('long_text'),
  json: json('json'),
  moment: moment('moment'),
})

describe('columns: a value that would not come back unchanged is refused, strict mode or not', () => {
  test.each([
    ['a key that is too long', () => columns.key.mapToDriverValue('123456789')],
    ['a key outside ASCII', () => columns.key.mapToDriverValue('é')],
    ['a key that ends in a space', () => columns.key.mapToDriverValue('a ')],
    ['an address that ends in a space', () => columns.address.mapToDriverValue('a@b.c ')],
    ['an address that is too long', () => columns.address.mapToDriverValue('a'.repeat(255))],
    ['a text that is too long', () => columns.text.mapToDriverValue('123456789')],
    ['a text with half a character', () => columns.text.mapToDriverValue('a\ud83d')],
    ['a long text of too many bytes', () => columns.longText.mapToDriverValue('é'.repeat(32_768))],
    ['JSON of too many bytes', () => columns.json.mapToDriverValue({ a: 'é'.repeat(32_768) })],
    ['a date that is none', () => columns.moment.mapToDriverValue(new Date(Number.NaN))],
    ['a date after 9999', () => columns.moment.mapToDriverValue(new Date(253_402_300_800_000))],
    ['a date before 1000', () => columns.moment.mapToDriverValue(new Date(-30_610_224_000_001))],
  ])('%s', (_, write) => {
    expect(write).toThrow(RangeError)
  })

  test('what is refused does not stand in the message', () => {
    expect(() => columns.key.mapToDriverValue('secret-hash-that-is-long')).toThrow(/^[^-]*$/)
  })
})

test('columns: what fits is written as it is', () => {
  expect(columns.key.mapToDriverValue('12345678')).toBe('12345678')
  expect(columns.key.mapToDriverValue('')).toBe('')
  expect(columns.text.mapToDriverValue('a  ')).toBe('a  ')
  expect(columns.longText.mapToDriverValue('x'.repeat(65_535))).toHaveLength(65_535)
})

test('columns: a text is measured in characters, as the server measures it', () => {
  expect(columns.text.mapToDriverValue('😀'.repeat(8))).toBe('😀'.repeat(8))
  expect(() => columns.text.mapToDriverValue('😀'.repeat(9))).toThrow(RangeError)
})

test('columns: a moment is written and read as UTC, to the millisecond', () => {
  const at = new Date('2026-03-29T02:30:00.007Z')
  expect(columns.moment.mapToDriverValue(at)).toBe('2026-03-29 02:30:00.007')
  expect(columns.moment.mapFromDriverValue('2026-03-29 02:30:00.007')).toEqual(at)
  expect(columns.moment.mapToDriverValue(new Date(253_402_300_799_999))).toMatch(/^9999/)
})

test('columns: JSON keeps the order of its keys and what MySQL would round', () => {
  const value = { z: 1, a: 'ü\u0000', number: 0.1, none: null }
  const written = String(columns.json.mapToDriverValue(value))
  expect(JSON.stringify(columns.json.mapFromDriverValue(written))).toBe(JSON.stringify(value))
})
