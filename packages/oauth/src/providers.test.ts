import { createHash, generateKeyPairSync } from 'node:crypto'
import { ConfigError, OAuthProviderError, type OAuthProvider } from '@mindmesh/auth/ports'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { apple } from './apple.ts'
import { discord } from './discord.ts'
import { facebook } from './facebook.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { google } from './google.ts'
import { linkedin } from './linkedin.ts'
import { microsoft } from './microsoft.ts'
import { oidc } from './oidc.ts'
import { spotify } from './spotify.ts'
import { twitch } from './twitch.ts'

const NOW = new Date('2026-01-01T00:00:00.000Z')
const CLIENT = { clientId: 'client', clientSecret: 'secret' }
const TENANT = '11111111-2222-3333-4444-555555555555'
const MICROSOFT = `https://login.microsoftonline.com/${TENANT}/v2.0`
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString()
const APPLE = { clientId: 'client', teamId: 'TEAM', keyId: 'KEY', privateKey }
const OIDC = {
  id: 'own',
  issuer: 'https://id.example.com',
  ...CLIENT,
  authorizationEndpoint: 'https://id.example.com/auth',
  tokenEndpoint: 'https://id.example.com/token',
}

type Answers = Readonly<Record<string, unknown>>

/** What each URL answers with; every request is kept. */
let answers: Answers = {}
let requests: { url: URL; headers: Headers; body: URLSearchParams }[] = []

beforeEach(() => {
  requests = []
  vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    requests.push({
      url,
      headers: request.headers,
      body: new URLSearchParams(await request.text()),
    })
    const answer = answers[`${url.origin}${url.pathname}`]
    return answer === undefined ? new Response('', { status: 404 }) : Response.json(answer)
  })
})
afterEach(() => vi.unstubAllGlobals())

function idToken(claims: Answers): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const base = { sub: '7', aud: 'client', exp: NOW.getTime() / 1000 + 60, nonce: 'nonce' }
  return `${part({ alg: 'RS256' })}.${part({ ...base, ...claims })}.${part('signature')}`
}

const tokens = (claims: Answers = {}): Answers => ({
  access_token: 'access-token',
  token_type: 'Bearer',
  id_token: idToken(claims),
})

const exchange = async (provider: OAuthProvider, userField: string | null = null) =>
  provider.exchange({
    code: 'code',
    codeVerifier: 'verifier',
    nonce: 'nonce',
    redirectUri: 'https://app.test/callback',
    userField,
    now: NOW,
    signal: AbortSignal.timeout(10_000),
  })

const urlOf = (provider: OAuthProvider): URL =>
  provider.authorizationUrl({
    state: 'state',
    codeVerifier: 'verifier',
    nonce: 'nonce',
    redirectUri: 'https://app.test/callback',
  })

const GOOGLE_TOKEN = 'https://oauth2.googleapis.com/token'
const GITHUB = {
  'https://github.com/login/oauth/access_token': tokens(),
  'https://api.github.com/user': { id: 7, login: 'anna', email: 'public@example.com' },
}
const emails = (verified: boolean): Answers => ({
  ...GITHUB,
  'https://api.github.com/user/emails': [
    { email: 'old@example.com', primary: false, verified: true },
    { email: 'anna@example.com', primary: true, verified },
  ],
})
const discordAnswers = (verified: boolean): Answers => ({
  'https://discord.com/api/oauth2/token': tokens(),
  'https://discord.com/api/v10/users/@me': {
    id: '7',
    username: 'anna',
    email: 'anna@example.com',
    verified,
  },
})
const microsoftAnswers = (claims: Answers, tenant = 'common'): Answers => ({
  [`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`]: tokens({
    iss: MICROSOFT,
    tid: TENANT,
    email: 'anna@example.com',
    ...claims,
  }),
})
const says = (email_verified: unknown): Answers => ({ email: 'anna@example.com', email_verified })

test.each<[string, OAuthProvider, Answers, boolean]>([
  [
    'google',
    google(CLIENT),
    { [GOOGLE_TOKEN]: tokens({ iss: 'https://accounts.google.com', ...says(true) }) },
    true,
  ],
  [
    'google, unverified',
    google(CLIENT),
    { [GOOGLE_TOKEN]: tokens({ iss: 'accounts.google.com', ...says(false) }) },
    false,
  ],
  ['github', github(CLIENT), emails(true), true],
  ['github, unverified', github(CLIENT), emails(false), false],
  ['discord', discord(CLIENT), discordAnswers(true), true],
  ['discord, unverified', discord(CLIENT), discordAnswers(false), false],
  [
    'gitlab',
    gitlab(CLIENT),
    { 'https://gitlab.com/oauth/token': tokens({ iss: 'https://gitlab.com', ...says(true) }) },
    true,
  ],
  [
    'gitlab of one’s own',
    gitlab({ ...CLIENT, baseUrl: 'https://git.test/sub/' }),
    {
      'https://git.test/sub/oauth/token': tokens({ iss: 'https://git.test/sub', ...says(false) }),
    },
    false,
  ],
  [
    'apple, whose yes is a text',
    apple(APPLE),
    {
      'https://appleid.apple.com/auth/token': tokens({
        iss: 'https://appleid.apple.com',
        ...says('true'),
      }),
    },
    true,
  ],
  [
    'twitch',
    twitch(CLIENT),
    {
      'https://id.twitch.tv/oauth2/token': tokens({
        iss: 'https://id.twitch.tv/oauth2',
        ...says(true),
      }),
    },
    true,
  ],
  [
    'linkedin, without a nonce',
    linkedin(CLIENT),
    {
      'https://www.linkedin.com/oauth/v2/accessToken': tokens({
        iss: 'https://www.linkedin.com/oauth',
        nonce: undefined,
        ...says(true),
      }),
    },
    true,
  ],
  [
    'facebook, never verified',
    facebook(CLIENT),
    {
      'https://graph.facebook.com/v16.0/oauth/access_token': tokens(),
      'https://graph.facebook.com/me': { id: '7', email: 'anna@example.com', verified: true },
    },
    false,
  ],
  [
    'spotify, never verified',
    spotify(CLIENT),
    {
      'https://accounts.spotify.com/api/token': tokens(),
      'https://api.spotify.com/v1/me': { id: '7', email: 'anna@example.com' },
    },
    false,
  ],
  [
    'microsoft, of any tenant',
    microsoft(CLIENT),
    microsoftAnswers({ email_verified: true }),
    false,
  ],
  ['microsoft, domain verified', microsoft(CLIENT), microsoftAnswers({ xms_edov: true }), true],
  ['microsoft, domain verified, v1', microsoft(CLIENT), microsoftAnswers({ xms_edov: '1' }), true],
  ['microsoft, domain unverified', microsoft(CLIENT), microsoftAnswers({ xms_edov: '0' }), false],
  [
    'microsoft, trusted tenant',
    microsoft({ ...CLIENT, tenant: TENANT, trustedTenants: [TENANT] }),
    microsoftAnswers({}, TENANT),
    true,
  ],
  [
    'oidc',
    oidc(OIDC),
    { 'https://id.example.com/token': tokens({ iss: 'https://id.example.com', ...says(true) }) },
    true,
  ],
  [
    'oidc, whose userinfo leaves the proof out',
    oidc({ ...OIDC, userinfoEndpoint: 'https://id.example.com/me' }),
    {
      'https://id.example.com/token': tokens({ iss: 'https://id.example.com', ...says(true) }),
      'https://id.example.com/me': { sub: '7', email: 'anna@example.com' },
    },
    false,
  ],
])('address: what %s says of it is understood', async (_, provider, given, emailVerified) => {
  answers = given
  const identity = await exchange(provider)
  expect(identity).toMatchObject({ subject: '7', email: 'anna@example.com', emailVerified })
  const [token] = requests
  expect(Object.fromEntries(token?.body ?? [])).toMatchObject({
    grant_type: 'authorization_code',
    code: 'code',
    redirect_uri: 'https://app.test/callback',
  })
  for (const { headers } of requests.slice(1)) {
    expect(headers.get('authorization')).toBe('Bearer access-token')
  }
})

const challenge = createHash('sha256').update('verifier').digest('base64url')

test.each<
  [OAuthProvider, { readonly pkce: boolean; readonly nonce: boolean; readonly scope: string }]
>([
  [google(CLIENT), { pkce: true, nonce: true, scope: 'openid email profile' }],
  [github(CLIENT), { pkce: true, nonce: false, scope: 'read:user user:email' }],
  [gitlab(CLIENT), { pkce: true, nonce: true, scope: 'openid email profile' }],
  [microsoft(CLIENT), { pkce: true, nonce: true, scope: 'openid email profile' }],
  [discord(CLIENT), { pkce: true, nonce: false, scope: 'identify email' }],
  [spotify(CLIENT), { pkce: true, nonce: false, scope: 'user-read-email' }],
  [oidc(OIDC), { pkce: true, nonce: true, scope: 'openid email profile' }],
  [apple(APPLE), { pkce: false, nonce: true, scope: 'name email' }],
  [twitch(CLIENT), { pkce: false, nonce: true, scope: 'openid user:read:email' }],
  [linkedin(CLIENT), { pkce: false, nonce: false, scope: 'openid email profile' }],
  [facebook(CLIENT), { pkce: false, nonce: false, scope: 'public_profile email' }],
])(
  'request: $id gets all the protection that it takes',
  async (provider, { pkce, nonce, scope }) => {
    const query = urlOf(provider).searchParams
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: 'code',
      client_id: 'client',
      state: 'state',
      redirect_uri: 'https://app.test/callback',
      scope,
    })
    expect(query.get('code_challenge')).toBe(pkce ? challenge : null)
    expect(query.get('code_challenge_method')).toBe(pkce ? 'S256' : null)
    expect(query.get('nonce')).toBe(nonce ? 'nonce' : null)
    expect(query.get('response_mode') ?? 'query').toBe(provider.responseMode)
    answers = {}
    await expect(exchange(provider)).rejects.toThrow(OAuthProviderError)
    expect(requests[0]?.body.get('code_verifier')).toBe(pkce ? 'verifier' : null)
  },
)

const reasonOf = async (provider: OAuthProvider): Promise<string> => {
  const error: unknown = await exchange(provider).catch((thrown: unknown) => thrown)
  return error instanceof OAuthProviderError ? error.reason : String(error)
}
const second = NOW.getTime() / 1000

test.each<[string, Answers, string]>([
  ['made by another issuer', { iss: 'https://evil.test' }, 'id_token_rejected'],
  ['of no issuer', { iss: undefined }, 'id_token_rejected'],
  ['for another app', { aud: 'another' }, 'id_token_rejected'],
  ['for several apps, with no party named', { aud: ['client', 'b'] }, 'id_token_rejected'],
  ['for several apps, and another party', { aud: ['client', 'b'], azp: 'b' }, 'id_token_rejected'],
  ['for another party', { azp: 'another' }, 'id_token_rejected'],
  ['of another request', { nonce: 'another' }, 'id_token_rejected'],
  ['of no request', { nonce: undefined }, 'id_token_rejected'],
  ['that is over', { exp: second - 60 }, 'id_token_rejected'],
  ['without an end', { exp: undefined }, 'id_token_rejected'],
  ['whose end is a text', { exp: String(second + 60) }, 'id_token_rejected'],
  ['of nobody', { sub: undefined }, 'malformed'],
])('id_token: one %s is refused', async (_, claims, reason) => {
  const iss = 'https://id.example.com'
  answers = { 'https://id.example.com/token': tokens({ iss, ...claims }) }
  expect(await reasonOf(oidc(OIDC))).toBe(reason)
})

test('id_token: several audiences with us as the party, and a clock a little behind, are accepted', async () => {
  const claims = { iss: OIDC.issuer, aud: ['client', 'b'], azp: 'client', exp: second - 59 }
  answers = { 'https://id.example.com/token': tokens(claims) }
  expect(await exchange(oidc(OIDC))).toMatchObject({ subject: '7' })
})

test.each<[string, string, Answers, string]>([
  [
    'another tenant',
    TENANT,
    { tid: 'x', iss: 'https://login.microsoftonline.com/x/v2.0' },
    'id_token_rejected',
  ],
  ['an issuer of another tenant', 'common', { tid: 'x' }, 'id_token_rejected'],
  ['work where only personal accounts may', 'consumers', {}, 'id_token_rejected'],
])('microsoft: an account of %s is refused', async (_, tenant, claims, reason) => {
  answers = microsoftAnswers(claims, tenant)
  expect(await reasonOf(microsoft({ ...CLIENT, tenant }))).toBe(reason)
})

test('microsoft: a personal account is refused where only work accounts may, a tenant may go by its domain', async () => {
  const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad'
  const iss = `https://login.microsoftonline.com/${consumers}/v2.0`
  answers = {
    ...microsoftAnswers({ tid: consumers, iss }, 'organizations'),
    ...microsoftAnswers({ tid: consumers, iss }, 'consumers'),
    ...microsoftAnswers({}, 'contoso.com'),
  }
  const reasons = ['organizations', 'consumers', 'contoso.com'].map(async (tenant) =>
    reasonOf(microsoft({ ...CLIENT, tenant })),
  )
  const fine = '[object Object]'
  expect(await Promise.all(reasons)).toEqual(['id_token_rejected', fine, fine])
})

test('oidc: a public client names itself and sends no secret', async () => {
  answers = { 'https://id.example.com/token': tokens({ iss: OIDC.issuer }) }
  await exchange(oidc({ ...OIDC, clientSecret: null }))
  expect(requests[0]?.headers.has('authorization')).toBe(false)
  expect(requests[0]?.body.get('client_id')).toBe('client')
})

test('discord: a picture is the address of one', async () => {
  const user = { id: '7', username: 'anna', avatar: 'a1' }
  answers = { ...discordAnswers(true), 'https://discord.com/api/v10/users/@me': user }
  const pictureUrl = 'https://cdn.discordapp.com/avatars/7/a1.png'
  expect(await exchange(discord(CLIENT))).toMatchObject({ pictureUrl, email: null })
})

test.each([[[]], [{}], [[{ email: 'anna@example.com', verified: true }]]])(
  'github: without a primary address (%j) there is none',
  async (list) => {
    answers = { ...GITHUB, 'https://api.github.com/user/emails': list }
    expect(await exchange(github(CLIENT))).toMatchObject({ email: null, emailVerified: false })
  },
)

test('github: a refusal comes with status 200 and is understood', async () => {
  answers = {
    'https://github.com/login/oauth/access_token': {
      error: 'bad_verification_code',
      error_description: 'The code passed is incorrect or expired.',
    },
  }
  expect(await reasonOf(github(CLIENT))).toBe('refused')
})

test.each([
  ['{"name":{"firstName":"Anna","lastName":"Berg"}}', 'Anna Berg'],
  ['{"name":{"firstName":"Anna"}}', 'Anna'],
  ['{"name":7}', null],
  ['not JSON', null],
  [null, null],
])('apple: the names beside the code (%s) are taken, and nothing else', async (field, name) => {
  const iss = 'https://appleid.apple.com'
  answers = { 'https://appleid.apple.com/auth/token': tokens({ iss, ...says(true) }) }
  const identity = await exchange(apple(APPLE), field)
  expect(identity).toMatchObject({ name, email: 'anna@example.com', subject: '7' })
})

test('facebook: the token is used with the proof that it is ours', async () => {
  answers = {
    'https://graph.facebook.com/v16.0/oauth/access_token': tokens(),
    'https://graph.facebook.com/me': { id: '7' },
  }
  await exchange(facebook(CLIENT))
  expect(requests[1]?.url.searchParams.get('appsecret_proof')).toMatch(/^[0-9a-f]{64}$/)
})

test.each<[string, () => unknown, string]>([
  [
    'no client',
    () => google({ clientId: '', clientSecret: undefined as unknown as string }),
    'google.clientId',
  ],
  ['a key that is none', () => apple({ ...APPLE, privateKey: 'x' }), 'apple.privateKey'],
  [
    'a token endpoint without TLS',
    () => oidc({ ...OIDC, tokenEndpoint: 'http://id.example.com/' }),
    'own.tokenEndpoint',
  ],
  [
    'a GitLab without TLS',
    () => gitlab({ ...CLIENT, baseUrl: 'http://git.test' }),
    'gitlab.baseUrl',
  ],
])('options: %s does not start', (_, make, field) => {
  expect(make).toThrow(ConfigError)
  expect(make).toThrow(field)
})
