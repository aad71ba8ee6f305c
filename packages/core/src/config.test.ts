import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { parseConfig } from './config.ts'

const SECRETS = {
  jwtSecret: 'the jwt secret of these tests, and more',
  refreshSecret: 'the refresh secret of these tests, one',
}

test('config: the defaults are those of the documents', () => {
  expect(parseConfig(SECRETS, {})).toEqual({
    ...SECRETS,
    appName: 'Mindmesh',
    previousJwtSecrets: [],
    previousRefreshSecrets: [],
    issuer: 'mindmesh-auth',
    audience: 'mindmesh-auth',
    accessTokenMinutes: 15,
    sessionDays: 7,
    sessionIdleHours: 72,
    refreshGraceSeconds: 10,
    freshAuthenticationMinutes: 15,
    otpExpiryMinutes: 5,
    otpAttempts: 5,
    resetExpiryMinutes: 30,
    emailChangeExpiryMinutes: 60,
    emailUndoHours: 72,
    passwordMinLength: 8,
    passwordContextWords: [],
    locale: 'en',
    mailDelivery: 'background',
    mailMaxAttempts: 6,
    endedSessionDays: 90,
    limits: {
      registerPerIp: { limit: 10, windowSeconds: 3600 },
      otpSend: { limit: 3, windowSeconds: 600 },
      loginPerIp: { limit: 10, windowSeconds: 900 },
      loginFailures: { limit: 10, windowSeconds: 900 },
      codeFailuresPerDay: { limit: 10, windowSeconds: 86_400 },
      codeFailuresPerPassword: { limit: 100, windowSeconds: 3_155_760_000 },
      resetRequest: { limit: 3, windowSeconds: 3600 },
      takenAddressNotice: { limit: 3, windowSeconds: 3600 },
      oauthStart: { limit: 30, windowSeconds: 900 },
    },
    argon2: {
      memoryKiB: 19_456,
      iterations: 2,
      parallelism: 1,
      maxConcurrent: Math.min(4, Math.max(1, availableParallelism() - 1)),
      maxQueued: 100,
    },
    urls: {},
    redirectOrigins: [],
    oauthTimeoutSeconds: 10,
    oauthSecondStep: 'unless_vouched',
    requireLoginChallenge: false,
    dangerouslyDisableLoginOtp: false,
    dangerouslyAllowGuessableCodes: false,
  })
})

test('config: every variable is read, and an option wins over it', () => {
  const env = {
    AUTH_APP_NAME: 'Example',
    AUTH_JWT_SECRET: SECRETS.jwtSecret,
    AUTH_REFRESH_SECRET: SECRETS.refreshSecret,
    AUTH_JWT_SECRET_PREVIOUS: `${'a'.repeat(32)} , ${'b'.repeat(32)}`,
    AUTH_REFRESH_SECRET_PREVIOUS: 'c'.repeat(32),
    OTP_EXPIRY_MINUTES: '7',
    SESSION_DAYS: '30',
  }
  const config = Reflect.apply(parseConfig, null, [{ sessionDays: 1, appName: undefined }, env])
  expect(config).toMatchObject({
    ...SECRETS,
    appName: 'Example',
    previousJwtSecrets: ['a'.repeat(32), 'b'.repeat(32)],
    previousRefreshSecrets: ['c'.repeat(32)],
    otpExpiryMinutes: 7,
    sessionDays: 1,
  })
})

test('config: half a limit keeps the other half', () => {
  const { limits } = parseConfig(
    { ...SECRETS, limits: { otpSend: { limit: 5 }, loginPerIp: { windowSeconds: 60 } } },
    {},
  )
  expect(limits.otpSend).toEqual({ limit: 5, windowSeconds: 600 })
  expect(limits.loginPerIp).toEqual({ limit: 10, windowSeconds: 60 })
  expect(limits.loginFailures).toEqual({ limit: 10, windowSeconds: 900 })
})

test('config: cannot be changed, down to its last part', () => {
  const config = parseConfig(SECRETS, {})
  expect(Object.isFrozen(config)).toBe(true)
  expect(Object.isFrozen(config.limits.otpSend)).toBe(true)
  expect(Object.isFrozen(config.previousJwtSecrets)).toBe(true)
})

test('config: 32 bytes are counted, not characters', () => {
  expect(() => parseConfig({ ...SECRETS, jwtSecret: 'ü'.repeat(16) }, {})).not.toThrow()
  expect(() => parseConfig({ ...SECRETS, jwtSecret: 'u'.repeat(31) }, {})).toThrow('32 bytes')
})
