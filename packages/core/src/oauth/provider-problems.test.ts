import { expect, test } from 'vitest'
import { providerProblems } from './provider-problems.ts'

const provider = (id: string) => ({ id, authorizationUrl: () => null, exchange: () => null })
const CALLBACK = 'https://example.com/auth/:provider/callback'
const withCallback = (oauthCallback: string | undefined) => ({ urls: { oauthCallback } })

test('providers: a callback of its own for each is fine, and without providers none is needed', () => {
  const two = [provider('hub'), provider('mill-2')]
  expect(providerProblems(two, withCallback(CALLBACK))).toEqual([])
  expect(providerProblems(two, withCallback('http://localhost:3000/:provider'))).toEqual([])
  expect(providerProblems(undefined, undefined)).toEqual([])
  expect(providerProblems([], undefined)).toEqual([])
  // The configuration's own check tells of it.
  expect(providerProblems(two, withCallback('no URL'))).toEqual([])
})

test.each([
  [undefined, 'is missing'],
  ['https://example.com/callback', 'must have :provider'],
  ['https://example.com/callback?of=:provider', 'must have :provider'],
  ['http://example.com/:provider', 'must start with https://'],
])('providers: the callback %s is refused', (callback, message) => {
  const [problem] = providerProblems([provider('hub')], withCallback(callback))
  expect(problem?.field).toBe('config.urls.oauthCallback')
  expect(problem?.message).toContain(message)
})

test.each([
  [['hub', 'hub'], 1],
  [['Hub'], 0],
  [['a/b'], 0],
  [[''], 0],
])('providers: the ids %j are refused', (ids, n) => {
  const problems = providerProblems(ids.map(provider), withCallback(CALLBACK))
  expect(problems.map(({ field }) => field)).toEqual([`providers.${n}.id`])
})

test('providers: what is none is named, with what it lacks', () => {
  const wrong = [null, 'hub', { id: 'hub', exchange: () => null }]
  expect(
    providerProblems(wrong, withCallback(CALLBACK)).map((p) => `${p.field} ${p.message}`),
  ).toEqual([
    'providers.0 must have authorizationUrl, exchange',
    'providers.1 must have authorizationUrl, exchange',
    'providers.2 must have authorizationUrl',
    expect.stringContaining('providers.0.id'),
    expect.stringContaining('providers.1.id'),
  ])
  expect(providerProblems({}, undefined)).toEqual([
    { field: 'providers', message: 'must be a list' },
  ])
})
