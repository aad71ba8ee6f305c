import { expect, test } from 'vitest'
import { localeOf } from './locale.ts'

const LOCALES = ['en', 'de', 'pt-BR']

test.each([
  [null, null],
  ['', null],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['en;q=0.5, de;q=0.9', 'de'],
  ['fr, it', null],
  ['fr, de;q=0.1', 'de'],
  ['de;q=0, en', 'en'],
  ['PT-br', 'pt-BR'],
  ['*', null],
  ['x'.repeat(5000), null],
  ['de\u0000', null],
])('localeOf: %j is %j', (header, locale) => {
  expect(localeOf(header, LOCALES)).toBe(locale)
})
