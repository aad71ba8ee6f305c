import { expect, test } from 'vitest'
import { parseAddress } from './mail-address.ts'

test.each([
  ['anna@example.com', 'anna@example.com'],
  ["Anna.O'Neil+tag@Example.COM", "Anna.O'Neil+tag@example.com"],
  ['anna@localhost', 'anna@localhost'],
  ['anna@bücher.example', 'anna@xn--bcher-kva.example'],
  ['anna@ｅｘａｍｐｌｅ.com', 'anna@example.com'],
  [`${'a'.repeat(64)}@${'b'.repeat(63)}.example`, `${'a'.repeat(64)}@${'b'.repeat(63)}.example`],
])('parseAddress: %j is an address', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})

test.each([
  '',
  'anna',
  '@example.com',
  'anna@',
  'anna@@example.com',
  'an na@example.com',
  ' anna@example.com',
  '.anna@example.com',
  'anna..b@example.com',
  'zoë@example.com',
  '"anna"@example.com',
  'anna@[127.0.0.1]',
  'anna@a..example',
  'anna@-a.example',
  `${'a'.repeat(65)}@example.com`,
  `anna@${'b'.repeat(64)}.example`,
  `anna@${'b.'.repeat(125)}example`,
  'anna@example.com\r\nBcc: bob@example.com',
  'anna@example.com\u0000',
  'anna@bücher.example\u0085',
  'anna@bücher\u2028.example',
  'anna@bücher.exa\tmple',
  // What a parser of URLs would read as example.com.
  'anna@example.com/thief',
  'anna@example.com?thief',
  'anna@example.com#thief',
  'anna@example.com\\thief',
  'anna@example.com:25',
  'anna@ex%61mple.com',
  'anna@bücher.example/thief',
  'anna@bücher.example％2fthief',
  'anna@bücher.example／thief',
])('parseAddress: %j is none', (text) => {
  expect(parseAddress(text)).toBeNull()
})

test('parseAddress: numbers are not turned into an IP address', () => {
  expect(parseAddress('anna@127.1')).toBe('anna@127.1')
})
