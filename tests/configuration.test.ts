import { ConfigError, MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { captureMailer } from '@mindmesh/auth/testing'
import { expect, test } from 'vitest'
import { SECRETS } from './support/instance.ts'

/** The problems that a set-up is refused with, by field. */
function problemsOf(options: unknown): Readonly<Record<string, string>> {
  const error = refusalOf(options)
  if (error === null) return {}
  const lines = error.problems.map(({ field, message }) => `  - ${field}: ${message}`)
  expect(error.message).toBe(['Mindmesh Auth cannot start:', ...lines].join('\n'))
  return Object.fromEntries(error.problems.map(({ field, message }) => [field, message]))
}

function refusalOf(options: unknown): ConfigError | null {
  try {
    Reflect.construct(MindmeshAuth, [options])
    return null
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

const FINE = { adapter: memoryStore(), mailer: captureMailer(), env: {}, config: SECRETS }

test('configuration: one error names every mistake, in parts, options and variables alike', () => {
  const problems = problemsOf({
    adapter: { select: () => undefined },
    mailer: {},
    passwordHasher: { hash: () => '' },
    clock: new Date(),
    logger: null,
    templates: { login_code: 'Hello', logincode: () => undefined },
    ipAddress: 'localhost',
    providers: [{ id: 'Hub', exchange: () => null }],
    profileFor: {},
    env: {
      SESSION_DAYS: 'abc',
      AUTH_JWT_SECRET: 'short',
      AUTH_REFRESH_SECRET: 'short',
      AUTH_JWT_SECRET_PREVIOUS: `${'x'.repeat(32)}, y`,
    },
    config: {
      otpExpiryMinutes: 99,
      otpAttempts: 2.5,
      passwordContextWords: ['Sternwarte', undefined],
      limits: { otpSend: { limit: 0 }, otpSent: { limit: 1 } },
      argon2: { memoryKiB: 1024 },
      urls: { passwordReset: 'javascript:alert(1)', emailChange: '/confirm' },
      appName: 'a\nb',
      locale: 'Deutsch, bitte',
      mailDelivery: 'never',
      sesionDays: 7,
      redirectOrigins: ['https://app.example.com/'],
    },
  })
  expect(problems).toEqual({
    adapter: 'is none; for example adapter: drizzleSqlite(db)',
    mailer: 'must have send',
    passwordHasher: 'must have verify, needsRehash, decoyHash',
    clock: 'must have now',
    logger: 'must have info, warn, error',
    'templates.login_code': 'must be a function',
    'templates.logincode': 'is not a mail of ours',
    ipAddress: 'must be an IP address',
    'providers.0': 'must have authorizationUrl',
    'providers.0.id': 'must be a word of lower-case letters, digits, - and _, of one provider only',
    'config.urls.oauthCallback':
      'is missing; for example https://example.com/auth/:provider/callback',
    profileFor: 'must be a function',
    'config.redirectOrigins.0': 'must be an origin, for example https://app.example.com',
    'config.jwtSecret (AUTH_JWT_SECRET)':
      'must have at least 32 bytes; make one with: openssl rand -base64 48',
    'config.refreshSecret (AUTH_REFRESH_SECRET)': 'must be another secret than AUTH_JWT_SECRET',
    'config.previousJwtSecrets.1':
      'must have at least 32 bytes; make one with: openssl rand -base64 48',
    'config.sessionDays (SESSION_DAYS)': 'must be a number',
    'config.otpExpiryMinutes (OTP_EXPIRY_MINUTES)': 'must be at most 10',
    'config.otpAttempts': 'must be a whole number',
    'config.passwordContextWords.1': 'is missing',
    'config.limits.otpSend.limit': 'must be at least 1',
    'config.limits.otpSent': 'is not an option',
    'config.argon2.memoryKiB': 'must be at least 19456',
    'config.urls.passwordReset':
      'must be an absolute http or https URL, for example https://example.com/reset',
    'config.urls.emailChange':
      'must be an absolute http or https URL, for example https://example.com/reset',
    'config.appName (AUTH_APP_NAME)': 'must be 1 to 60 printable characters',
    'config.locale': 'must be a language, for example de or de-AT',
    'config.mailDelivery': "must be 'background' or 'manual'",
    'config.sesionDays': 'is not an option',
  })
})

test('configuration: without anything, what is missing is named, and how to make it', () => {
  const missing = {
    adapter: 'is missing; for example adapter: drizzleSqlite(db)',
    mailer: 'is missing; for example mailer: smtpMailer()',
    'config.jwtSecret (AUTH_JWT_SECRET)': 'is missing; make one with: openssl rand -base64 48',
    'config.refreshSecret (AUTH_REFRESH_SECRET)':
      'is missing; make one with: openssl rand -base64 48',
  }
  expect(problemsOf({ env: {} })).toEqual(missing)
  expect(problemsOf({ env: { AUTH_JWT_SECRET: '' }, config: null })).toEqual(missing)
  expect(problemsOf(undefined)).toEqual(missing)
})

test.each([
  ['the same secret twice', { ...SECRETS, refreshSecret: SECRETS.jwtSecret }],
  [
    'an earlier secret of the other kind',
    { ...SECRETS, previousJwtSecrets: [SECRETS.refreshSecret] },
  ],
  ['the other way round', { ...SECRETS, previousRefreshSecrets: [SECRETS.jwtSecret] }],
])('configuration: %s is refused', (_, config) => {
  expect(problemsOf({ ...FINE, config })).toEqual({
    'config.refreshSecret (AUTH_REFRESH_SECRET)': 'must be another secret than AUTH_JWT_SECRET',
  })
})

test('configuration: no message holds a secret', () => {
  const secret = 'a secret of less than 32'
  const problems = problemsOf({ ...FINE, config: { jwtSecret: secret, refreshSecret: secret } })
  expect(Object.keys(problems)).toHaveLength(2)
  expect(JSON.stringify(problems)).not.toContain(secret)
})

test('configuration: an option wins over its variable, and a variable over the default', async () => {
  const env = {
    AUTH_JWT_SECRET: SECRETS.jwtSecret,
    AUTH_REFRESH_SECRET: SECRETS.refreshSecret,
    AUTH_APP_NAME: 'From the environment',
    SESSION_DAYS: '30',
    OTP_EXPIRY_MINUTES: '7',
  }
  const mailer = captureMailer()
  const mindmesh = new MindmeshAuth({
    adapter: memoryStore(),
    mailer,
    env,
    config: { mailDelivery: 'manual', otpExpiryMinutes: 9 },
  })
  await mindmesh.otp.send('anna@example.com', 'checkout')
  await mindmesh.mail.deliverDue()
  expect(mailer.sent[0]?.subject).toBe('Your code for From the environment')
  expect(mailer.sent[0]?.text).toContain('valid for 9 minutes')
  expect(problemsOf({ ...FINE, env: { SESSION_DAYS: '401' } })).toHaveProperty([
    'config.sessionDays (SESSION_DAYS)',
  ])
  expect(
    problemsOf({ ...FINE, env: { SESSION_DAYS: '401' }, config: { ...SECRETS, sessionDays: 1 } }),
  ).toEqual({})
})

test('configuration: without the second step a password has fifteen characters', async () => {
  const plain = new MindmeshAuth({
    ...FINE,
    adapter: memoryStore(),
    config: { ...SECRETS, dangerouslyDisableLoginOtp: true },
  })
  await expect(plain.auth.register('anna@example.com', 'fourteen chars')).rejects.toMatchObject({
    reason: 'too_short',
    message: 'Please choose a password of at least 15 characters.',
  })
})
