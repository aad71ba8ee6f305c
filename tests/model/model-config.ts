import type { ConfigOptions } from '@mindmesh/auth'
import { SECRETS } from '../support/instance.ts'

/** Limits so low that a random sequence of calls meets each of them. */
export const LIMITS = {
  otpSend: { limit: 3, windowSeconds: 600 },
  loginPerIp: { limit: 8, windowSeconds: 900 },
  loginFailures: { limit: 3, windowSeconds: 900 },
  codeFailuresPerDay: { limit: 4, windowSeconds: 86_400 },
  codeFailuresPerPassword: { limit: 6, windowSeconds: 3_155_760_000 },
  resetRequest: { limit: 2, windowSeconds: 3600 },
  takenAddressNotice: { limit: 2, windowSeconds: 3600 },
  oauthStart: { limit: 5, windowSeconds: 900 },
} as const

/** Tries of a code. */
export const ATTEMPTS = 3

/** How long ended sessions are kept. */
export const ENDED_DAYS = 1

/** What both instances are configured with; the rest has its defaults. */
export const MODEL_CONFIG: ConfigOptions = {
  ...SECRETS,
  mailDelivery: 'manual',
  otpAttempts: ATTEMPTS,
  endedSessionDays: ENDED_DAYS,
  limits: LIMITS,
  urls: { oauthCallback: 'https://app.test/auth/:provider/callback' },
}
