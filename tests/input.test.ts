import { MindmeshAuth, type MindmeshApi } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { describe, expect, test } from 'vitest'
import { codeOf } from './support/code-of.ts'
import { fakeProvider } from './support/fake-provider.ts'
import { ANNA, PASSWORD, testInstance } from './support/instance.ts'

const ID = '01900000-0000-7000-8000-000000000000'
const LONG = 'x'.repeat(5000)

type Refusal = readonly [value: unknown, reason: string, path?: string]

/** What no text may be. */
const TEXT: readonly Refusal[] = [
  [undefined, 'not_a_string'],
  [null, 'not_a_string'],
  [7, 'not_a_string'],
  [['x'], 'not_a_string'],
  [{ toString: () => 'x' }, 'not_a_string'],
  ['', 'empty'],
  [LONG, 'too_long'],
  ['a\0b', 'control_character'],
  ['a\r\nBcc: b', 'control_character'],
  ['a\u2028b', 'control_character'],
  ['a\ud800b', 'not_unicode'],
]

/** What each kind of argument may not be. */
const KINDS = {
  text: TEXT,
  token: TEXT,
  password: [...TEXT, ['😀'.repeat(257), 'too_long']],
  email: [
    ...TEXT,
    ['anna', 'not_an_address'],
    ['@example.com', 'not_an_address'],
    ['anna@', 'not_an_address'],
    ['a@example.com,b@example.com', 'not_an_address'],
    ['a b@example.com', 'not_an_address'],
    ['Anna <anna@example.com>', 'not_an_address'],
    ['"anna"@example.com', 'not_an_address'],
    ['anna@[127.0.0.1]', 'not_an_address'],
    ['anna@exa_mple.com', 'not_an_address'],
    ['.anna@example.com', 'not_an_address'],
    [`${'a'.repeat(65)}@example.com`, 'not_an_address'],
    [`a@${'b'.repeat(250)}.example`, 'too_long'],
  ],
  code: [...TEXT, ['abcdef', 'not_a_code'], ['123', 'not_a_code'], ['١٢٣٤٥٦', 'not_a_code']],
  id: [...TEXT, ['1', 'not_an_id'], [`${ID}0`, 'not_an_id'], [`{${ID}}`, 'not_an_id']],
  purpose: [...TEXT, ['Login', 'not_a_purpose'], ['a b', 'not_a_purpose'], ['login', 'reserved']],
  login: [
    [undefined, 'not_login'],
    [['login'], 'not_login'],
    ['email_verify', 'not_login'],
  ],
  object: [
    [null, 'not_an_object'],
    ['text', 'not_an_object'],
    [7, 'not_an_object'],
    [[], 'not_an_object'],
    [new Date(), 'not_an_object'],
    [JSON.parse('{"__proto__":{"admin":true}}'), 'not_allowed', '__proto__'],
    [{ constructor: 1 }, 'not_allowed', 'constructor'],
    [{ [Symbol('x')]: 1 }, 'not_allowed', 'Symbol(x)'],
  ],
  limit: [0, -1, 1.5, '5', Number.NaN, Infinity, 1e9, null, [5]].map((value): Refusal => [
    value,
    'out_of_range',
  ]),
  date: [0, '2026-01-01', new Date(Number.NaN), [new Date()], null].map((value): Refusal => [
    value,
    'not_a_date',
  ]),
  type: [...TEXT.slice(1), ['login_failed', 'not_a_type'], [['LOGIN_FAILED'], 'not_a_string']],
  accessToken: TEXT.slice(0, 5),
  provider: [undefined, null, 7, ['hub'], '', 'other', 'constructor'].map((value): Refusal => [
    value,
    'unknown',
  ]),
  list: [
    [undefined, 'not_a_list'],
    [{ length: 0 }, 'not_a_list'],
    [Array.from({ length: 501 }), 'too_many'],
  ],
  listener: [undefined, null, 'print', {}].map((value): Refusal => [value, 'not_a_function']),
  position: [7, 'x', {}, { load: () => null }].map((value): Refusal => [value, 'not_a_cursor']),
  seconds: [0, -1, '5', Number.NaN, Infinity, [5], 3601].map((value): Refusal => [
    value,
    'out_of_range',
  ]),
  flag: [null, 0, 'false', []].map((value): Refusal => [value, 'not_a_boolean']),
  missing: [[undefined, 'missing']],
  redirectTo: [...TEXT, ['//evil.test', 'not_allowed'], ['https://evil.test/', 'not_allowed']],
} satisfies Readonly<Record<string, readonly Refusal[]>>

type Kind = keyof typeof KINDS

/** One argument of a function: the path by which it is named, its kind, and how to call with a value in its place. */
type Argument = readonly [path: string, kind: Kind, call: (value: unknown) => readonly unknown[]]

/** Options are whole objects; each of their parts is tried beside. An optional part may be left out. */
const FUNCTIONS: Readonly<Record<string, readonly Argument[]>> = {
  'auth.register': [
    ['email', 'email', (v) => [v, PASSWORD]],
    ['password', 'password', (v) => [ANNA, v]],
    ['profile', 'object', (v) => [ANNA, PASSWORD, v]],
  ],
  'auth.login': [
    ['email', 'email', (v) => [v, PASSWORD]],
    ['password', 'password', (v) => [ANNA, v]],
  ],
  'auth.verifyOtp': [
    ['email', 'email', (v) => [v, '123456', 'login']],
    ['code', 'code', (v) => [ANNA, v, 'login']],
    ['purpose', 'login', (v) => [ANNA, '123456', v]],
    ['options', 'object', (v) => [ANNA, '123456', 'login', v]],
    ['challengeId', 'id', (v) => [ANNA, '123456', 'login', { challengeId: v }]],
  ],
  'auth.verifyAccessToken': [['accessToken', 'accessToken', (v) => [v]]],
  'auth.getUserFromToken': [['accessToken', 'accessToken', (v) => [v]]],
  'auth.refresh': [['refreshToken', 'token', (v) => [v]]],
  'auth.logout': [['sessionId', 'id', (v) => [v]]],
  'otp.send': [
    ['email', 'email', (v) => [v, 'checkout']],
    ['purpose', 'purpose', (v) => [ANNA, v]],
  ],
  'otp.verify': [
    ['email', 'email', (v) => [v, '123456', 'checkout']],
    ['code', 'code', (v) => [ANNA, v, 'checkout']],
    ['purpose', 'purpose', (v) => [ANNA, '123456', v]],
  ],
  'password.requestReset': [['email', 'email', (v) => [v]]],
  'password.reset': [
    ['token', 'token', (v) => [v, PASSWORD]],
    ['newPassword', 'password', (v) => ['token', v]],
  ],
  'password.change': [
    ['userId', 'id', (v) => [v, PASSWORD, PASSWORD]],
    ['current', 'password', (v) => [ID, v, PASSWORD]],
    ['next', 'password', (v) => [ID, PASSWORD, v]],
    ['options', 'object', (v) => [ID, PASSWORD, PASSWORD, v]],
    ['keepSessionId', 'id', (v) => [ID, PASSWORD, PASSWORD, { keepSessionId: v }]],
  ],
  'user.getById': [['id', 'id', (v) => [v]]],
  'user.getByEmail': [['email', 'email', (v) => [v]]],
  'user.list': [
    ['query', 'object', (v) => [v]],
    ['limit', 'limit', (v) => [{ limit: v }]],
    ['cursor', 'id', (v) => [{ cursor: v }]],
  ],
  'user.block': [
    ['id', 'id', (v) => [v]],
    ['options', 'object', (v) => [ID, v]],
    ['reason', 'text', (v) => [ID, { reason: v }]],
  ],
  'user.unblock': [['id', 'id', (v) => [v]]],
  'user.markEmailVerified': [['id', 'id', (v) => [v]]],
  'user.requestEmailChange': [
    ['id', 'id', (v) => [v, ANNA]],
    ['newEmail', 'email', (v) => [ID, v]],
    ['proof', 'object', (v) => [ID, ANNA, v]],
    ['sessionId', 'id', (v) => [ID, ANNA, { sessionId: v }]],
    ['password', 'password', (v) => [ID, ANNA, { password: v }]],
  ],
  'user.confirmEmailChange': [['token', 'token', (v) => [v]]],
  'user.undoEmailChange': [['token', 'token', (v) => [v]]],
  'user.delete': [
    ['id', 'id', (v) => [v]],
    ['proof', 'object', (v) => [ID, v]],
    ['sessionId', 'id', (v) => [ID, { sessionId: v }]],
    ['password', 'password', (v) => [ID, { password: v }]],
  ],
  'user.export': [['id', 'id', (v) => [v]]],
  'session.list': [['userId', 'id', (v) => [v]]],
  'session.revoke': [['sessionId', 'id', (v) => [v]]],
  'session.revokeAll': [
    ['userId', 'id', (v) => [v]],
    ['options', 'object', (v) => [ID, v]],
    ['except', 'id', (v) => [ID, { except: v }]],
  ],
  'session.reauthenticate': [
    ['sessionId', 'id', (v) => [v, PASSWORD]],
    ['password', 'password', (v) => [ID, v]],
  ],
  'session.assertFresh': [
    ['userId', 'id', (v) => [v, { sessionId: ID }]],
    ['proof', 'object', (v) => [ID, v]],
    ['sessionId', 'id', (v) => [ID, { sessionId: v }]],
    ['password', 'password', (v) => [ID, { password: v }]],
  ],
  'oauth.providers': [],
  'oauth.authorize': [
    ['provider', 'provider', (v) => [v]],
    ['options', 'object', (v) => ['hub', v]],
    ['redirectTo', 'redirectTo', (v) => ['hub', { redirectTo: v }]],
  ],
  'oauth.callback': [
    ['provider', 'provider', (v) => [v, { state: 'x' }]],
    ['answer', 'object', (v) => ['hub', v]],
    ['state', 'token', (v) => ['hub', { state: v }]],
    ['code', 'token', (v) => ['hub', { state: 'x', code: v }]],
    ['error', 'token', (v) => ['hub', { state: 'x', error: v }]],
    ['iss', 'token', (v) => ['hub', { state: 'x', iss: v }]],
    ['user', 'token', (v) => ['hub', { state: 'x', user: v }]],
  ],
  'oauth.link': [
    ['userId', 'id', (v) => [v, 'hub', { proof: { sessionId: ID } }]],
    ['provider', 'provider', (v) => [ID, v, { proof: { sessionId: ID } }]],
    ['options', 'object', (v) => [ID, 'hub', v]],
    ['proof', 'object', (v) => [ID, 'hub', { proof: v }]],
    ['proof', 'missing', (v) => [ID, 'hub', { proof: v }]],
    ['sessionId', 'id', (v) => [ID, 'hub', { proof: { sessionId: v } }]],
    ['redirectTo', 'redirectTo', (v) => [ID, 'hub', { redirectTo: v }]],
  ],
  'oauth.unlink': [
    ['userId', 'id', (v) => [v, 'hub']],
    ['provider', 'text', (v) => [ID, v]],
    ['options', 'object', (v) => [ID, 'hub', v]],
    ['proof', 'object', (v) => [ID, 'hub', { proof: v }]],
    ['subject', 'text', (v) => [ID, 'hub', { subject: v }]],
  ],
  'oauth.list': [['userId', 'id', (v) => [v]]],
  'events.list': [
    ['query', 'object', (v) => [v]],
    ['userId', 'id', (v) => [{ userId: v }]],
    ['type', 'type', (v) => [{ type: v }]],
    ['since', 'date', (v) => [{ since: v }]],
    ['until', 'date', (v) => [{ until: v }]],
    ['limit', 'limit', (v) => [{ limit: v }]],
    ['cursor', 'id', (v) => [{ cursor: v }]],
  ],
  'events.subscribe': [
    ['listener', 'listener', (v) => [v]],
    ['options', 'object', (v) => [() => undefined, v]],
    ['cursor', 'position', (v) => [() => undefined, { cursor: v }]],
    ['since', 'date', (v) => [() => undefined, { since: v }]],
    ['pollSeconds', 'seconds', (v) => [() => undefined, { pollSeconds: v }]],
    ['overlapSeconds', 'seconds', (v) => [() => undefined, { overlapSeconds: v }]],
  ],
  'mail.deliverDue': [
    ['options', 'object', (v) => [v]],
    ['limit', 'limit', (v) => [{ limit: v }]],
  ],
  'mail.status': [
    ['options', 'object', (v) => [v]],
    ['limit', 'limit', (v) => [{ limit: v }]],
  ],
  'mail.retry': [],
  'mail.verify': [],
  'maintenance.prune': [],
  'maintenance.checkSchema': [],
  'maintenance.migrations': [],
  'maintenance.migrate': [],
  'maintenance.clockSkew': [],
  // What is wrong with one of the people is told in the outcome: tests/flows/maintenance.ts.
  'maintenance.importUsers': [
    ['people', 'list', (v) => [v, { source: 'lucia' }]],
    ['options', 'object', (v) => [[], v]],
    ['source', 'text', (v) => [[], { source: v }]],
    ['dryRun', 'flag', (v) => [[], { source: 'lucia', dryRun: v }]],
  ],
}

/** Left out in these places, or nothing at all, as good as not given. */
const OPTIONAL: Readonly<Record<string, readonly unknown[]>> = {
  challengeId: [undefined],
  keepSessionId: [undefined],
  reason: [undefined],
  except: [undefined],
  userId: [undefined],
  cursor: [undefined, null, ''],
  redirectTo: [undefined, null],
  code: [undefined, null],
  error: [undefined, null],
  iss: [undefined, null],
  user: [undefined, null],
  subject: [undefined],
  // In a proof, the other part is then asked for.
  password: [undefined],
}

const t = testInstance(memoryStore(), {
  providers: [fakeProvider('hub')],
  config: { urls: { oauthCallback: 'https://app.test/:provider' } },
})

function functionsOf(api: MindmeshApi): readonly string[] {
  const spaces = [
    'auth',
    'otp',
    'password',
    'user',
    'session',
    'oauth',
    'events',
    'mail',
    'maintenance',
  ]
  return spaces.flatMap((space) =>
    Object.keys(Reflect.get(api, space)).map((name) => `${space}.${name}`),
  )
}

async function call(path: string, args: readonly unknown[]): Promise<unknown> {
  const [space = '', name = ''] = path.split('.')
  const target = Reflect.get(t.mindmesh, space)
  return Reflect.apply(Reflect.get(target, name), target, [...args])
}

test('input: every function of the library is tried here', () => {
  expect(Object.keys(FUNCTIONS).toSorted()).toEqual(functionsOf(t.mindmesh).toSorted())
})

describe.each(Object.entries(FUNCTIONS).filter(([, args]) => args.length > 0))(
  'input of %s',
  (path, args) => {
    test.each(args)(
      '%s: what is not valid is refused by its name',
      async (field, kind, argsFor) => {
        const isOptional = argsFor('…').some((arg) => typeof arg === 'object')
        const allowed = isOptional ? (OPTIONAL[field] ?? []) : []
        for (const [value, reason, key] of KINDS[kind]) {
          if (allowed.includes(value)) continue
          await expect(call(path, argsFor(value))).rejects.toMatchObject({
            name: 'AuthError',
            code: 'invalid_input',
            status: 400,
            field: key === undefined ? field : `${field}.${key}`,
            reason,
          })
        }
      },
    )
  },
)

test.each(['', 'x', 'a.b.c', 'a\0', 'a\ud800', LONG, 'a.'.repeat(500_000)])(
  'input: a text that is no access token is told to be none',
  async (value) => {
    expect(await codeOf(t.mindmesh.auth.verifyAccessToken(value))).toBe('token_invalid')
    expect(await codeOf(t.mindmesh.auth.getUserFromToken(value))).toBe('token_invalid')
  },
)

describe.each(['withContext', 'setContext'] as const)('input of %s', (name) => {
  const bind = async (request: unknown): Promise<unknown> =>
    Reflect.apply(MindmeshAuth.prototype[name], t.mindmesh, [request])

  test('request: what is no plain object is refused by its name', async () => {
    for (const [value, reason, key] of KINDS.object) {
      const field = key === undefined ? 'request' : `request.${key}`
      await expect(bind(value)).rejects.toMatchObject({ code: 'invalid_input', field, reason })
    }
  })
})

test.each([7, ['de'], 'x', 'de_AT', 'de, en;q=0.8', LONG, '<b>', 'a\ud800', '__proto__'])(
  'input: %j is no language, and the mail is in that of the app',
  async (locale) => {
    const german = testInstance(memoryStore(), { config: { locale: 'de' } })
    const api = Reflect.apply(MindmeshAuth.prototype.withContext, german.mindmesh, [{ locale }])
    await api.otp.send(ANNA, 'checkout')
    expect((await german.newestMail(ANNA)).subject).toBe('Ihr Code für Mindmesh')
  },
)

test('input: nothing that was refused has left a trace', async () => {
  expect((await t.mindmesh.events.list()).items).toEqual([])
  expect((await t.mindmesh.user.list()).items).toEqual([])
  await t.mindmesh.mail.deliverDue()
  expect(t.mailer.sent).toEqual([])
})
