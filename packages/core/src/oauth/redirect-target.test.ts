import { expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import { parseRedirectTo } from './redirect-target.ts'

const ORIGINS = ['https://app.example.com', 'http://localhost:3000']

test.each([
  ['/'],
  ['/welcome?from=hub#top'],
  ['/a/../b'],
  ['/?next=//evil.test'],
  ['https://app.example.com/welcome'],
  ['http://localhost:3000'],
])('redirect target: %s is followed', (target) => {
  expect(parseRedirectTo(target, ORIGINS)).toBe(target)
})

test.each([
  ['//evil.test'],
  ['/\\evil.test'],
  ['\\\\evil.test'],
  ['/a/..//evil.test'],
  ['/.//evil.test'],
  ['/%2e//evil.test'],
  ['welcome'],
  [''],
  ['https://evil.test/'],
  ['https://app.example.com.evil.test/'],
  ['https://app.example.com@evil.test/'],
  ['https://anna:pw@app.example.com/'],
  ['https:app.example.com'],
  ['http://app.example.com/'],
  ['https://app.example.com:8443/'],
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['/\t/evil.test'],
  ['/welcome\r\nSet-Cookie: a=b'],
  [`/${'x'.repeat(2048)}`],
  [['/welcome']],
])('redirect target: %j is refused', (target) => {
  expect(() => parseRedirectTo(target, ORIGINS)).toThrow(AuthError)
})

test('redirect target: without allowed origins only paths are followed', () => {
  expect(() => parseRedirectTo('https://app.example.com/', [])).toThrow(AuthError)
  expect(parseRedirectTo(undefined, [])).toBeNull()
})
