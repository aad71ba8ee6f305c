import { ConfigError } from '@mindmesh/auth'
import { expect, test } from 'vitest'
import { parseOptions } from './handler-config.ts'

/** What a program without types may pass. */
function problemsOf(options: object): readonly string[] {
  try {
    parseOptions(options)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ field }) => field).toSorted()
  }
  return []
}

test('options: every mistake is named at once', () => {
  const wrong = {
    basePath: 'auth',
    trustedOrigins: ['https://app.example.com/', '*', 'null', 'https://*.example.com'],
    trustedProxies: -1,
    locales: 'en',
    profile: {},
    userFields: 'x',
    dangerouslyAllowInsecureCookies: 'yes',
    onError: 1,
    cors: true,
  }
  const names = Object.keys(wrong).filter((name) => name !== 'trustedOrigins')
  const origins = wrong.trustedOrigins.map((_origin, n) => `trustedOrigins.${n}`)
  expect(problemsOf(wrong)).toEqual(
    [...names, ...origins].map((name) => `authHandler.${name}`).toSorted(),
  )
  const both = { clientAddress: () => null, trustedProxies: 1 }
  expect(problemsOf(both)).toEqual(['authHandler.trustedProxies'])
})

test('options: each has its default', () => {
  expect(parseOptions({})).toMatchObject({
    basePath: '/auth',
    trustedOrigins: [],
    trustedProxies: 0,
    clientAddress: null,
    locales: ['en', 'de'],
    insecureCookies: false,
    allowHttp: false,
  })
})
