import { availableParallelism } from 'node:os'
import * as v from 'valibot'
import { ConfigError, type ConfigProblem } from './errors.ts'
import { guessingProblems } from './otp/guessing-problems.ts'
import { isLanguageTag } from './request-context.ts'

const whole = (min: number, max: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  )
const secret = v.pipe(
  v.string('must be a text'),
  v.check(
    (text) => Buffer.byteLength(text) >= 32,
    'must have at least 32 bytes; make one with: openssl rand -base64 48',
  ),
)
const limitOf = (limit: number, windowSeconds: number) =>
  v.optional(
    v.strictObject({
      limit: v.optional(whole(1, 1_000_000), limit),
      windowSeconds: v.optional(whole(1, 3_155_760_000), windowSeconds),
    }),
    { limit, windowSeconds },
  )
const url = v.pipe(
  v.string('must be a text'),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'must be an absolute http or https URL, for example https://example.com/reset',
  ),
)

const origin = v.pipe(
  v.string('must be a text'),
  v.check(
    (text) => URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text,
    'must be an origin, for example https://app.example.com',
  ),
)

const limitsSchema = v.strictObject({
  registerPerIp: limitOf(10, 3600),
  otpSend: limitOf(3, 600),
  loginPerIp: limitOf(10, 900),
  loginFailures: limitOf(10, 900),
  codeFailuresPerDay: limitOf(10, 86_400),
  codeFailuresPerPassword: limitOf(100, 3_155_760_000),
  resetRequest: limitOf(3, 3600),
  takenAddressNotice: limitOf(3, 3600),
  oauthStart: limitOf(30, 900),
})
const argon2Schema = v.strictObject({
  memoryKiB: v.optional(whole(19_456, 262_144), 19_456),
  iterations: v.optional(whole(2, 10), 2),
  parallelism: v.optional(whole(1, 4), 1),
  maxConcurrent: v.optional(whole(1, 64), Math.min(4, Math.max(1, availableParallelism() - 1))),
  maxQueued: v.optional(whole(0, 10_000), 100),
})
const urlsSchema = v.strictObject({
  passwordReset: v.optional(url),
  emailChange: v.optional(url),
  emailChangeUndo: v.optional(url),
  oauthCallback: v.optional(url),
})

const schema = v.strictObject({
  appName: v.optional(
    v.pipe(v.string(), v.regex(/^[^\p{C}]{1,60}$/u, 'must be 1 to 60 printable characters')),
    'Mindmesh',
  ),
  jwtSecret: secret,
  refreshSecret: secret,
  previousJwtSecrets: v.optional(v.array(secret), []),
  previousRefreshSecrets: v.optional(v.array(secret), []),
  issuer: v.optional(v.pipe(v.string(), v.minLength(1)), 'mindmesh-auth'),
  audience: v.optional(v.pipe(v.string(), v.minLength(1)), 'mindmesh-auth'),
  accessTokenMinutes: v.optional(whole(1, 60), 15),
  sessionDays: v.optional(whole(1, 400), 7),
  sessionIdleHours: v.optional(whole(1, 9600), 72),
  refreshGraceSeconds: v.optional(whole(0, 60), 10),
  freshAuthenticationMinutes: v.optional(whole(1, 1440), 15),
  otpExpiryMinutes: v.optional(whole(1, 10), 5),
  otpAttempts: v.optional(whole(1, 10), 5),
  resetExpiryMinutes: v.optional(whole(5, 1440), 30),
  emailChangeExpiryMinutes: v.optional(whole(5, 1440), 60),
  emailUndoHours: v.optional(whole(1, 720), 72),
  passwordMinLength: v.optional(whole(8, 64)),
  passwordContextWords: v.optional(v.array(v.pipe(v.string(), v.minLength(3))), []),
  locale: v.optional(
    v.custom<string>(isLanguageTag, 'must be a language, for example de or de-AT'),
    'en',
  ),
  mailDelivery: v.optional(
    v.picklist(['background', 'manual'], "must be 'background' or 'manual'"),
    'background',
  ),
  mailMaxAttempts: v.optional(whole(1, 20), 6),
  endedSessionDays: v.optional(whole(1, 400), 90),
  limits: v.optional(limitsSchema, {}),
  argon2: v.optional(argon2Schema, {}),
  urls: v.optional(urlsSchema, {}),
  redirectOrigins: v.optional(v.array(origin), []),
  oauthTimeoutSeconds: v.optional(whole(1, 60), 10),
  oauthSecondStep: v.optional(
    v.picklist(['unless_vouched', 'always'], "must be 'unless_vouched' or 'always'"),
    'unless_vouched',
  ),
  requireLoginChallenge: v.optional(v.boolean(), false),
  dangerouslyDisableLoginOtp: v.optional(v.boolean(), false),
  dangerouslyAllowGuessableCodes: v.optional(v.boolean(), false),
})

/** How often within how long: a fixed window that starts with its first hit. */
export interface LimitOptions {
  readonly limit?: number
  readonly windowSeconds?: number
}

/** The limits; see docs/flows.md for what each counts. */
export interface LimitsOptions {
  /** Accounts asked for from one IP address (an IPv6 /64). @default 10 in 1 hour */
  readonly registerPerIp?: LimitOptions
  /** Codes sent, for each address and purpose. @default 3 in 10 minutes */
  readonly otpSend?: LimitOptions
  /** Password steps from one IP address (an IPv6 /64). @default 10 in 15 minutes */
  readonly loginPerIp?: LimitOptions
  /** Wrong passwords for one account, from anywhere. @default 10 in 15 minutes */
  readonly loginFailures?: LimitOptions
  /** Wrong codes for one account and purpose. @default 10 in 24 hours */
  readonly codeFailuresPerDay?: LimitOptions
  /** Wrong sign-in codes until the password has to be reset. @default 100 since the last password change */
  readonly codeFailuresPerPassword?: LimitOptions
  /** Reset mails for one address. @default 3 in 1 hour */
  readonly resetRequest?: LimitOptions
  /** Mails to the owner of an address that somebody tries to register again. @default 3 in 1 hour */
  readonly takenAddressNotice?: LimitOptions
  /** Sign-ins with a provider that are begun from one IP address (an IPv6 /64). @default 30 in 15 minutes */
  readonly oauthStart?: LimitOptions
}

/** What an app may set. Everything but the two secrets has a default; a set option wins over the environment. */
export interface ConfigOptions {
  /** Shown in mails. @default AUTH_APP_NAME or 'Mindmesh' */
  readonly appName?: string
  /** Signs access tokens: at least 32 bytes. @default AUTH_JWT_SECRET */
  readonly jwtSecret?: string
  /** The root of every other key: at least 32 bytes, another than `jwtSecret`. @default AUTH_REFRESH_SECRET */
  readonly refreshSecret?: string
  /** Still accepted, never used to sign. @default AUTH_JWT_SECRET_PREVIOUS, separated by commas */
  readonly previousJwtSecrets?: readonly string[]
  /** Still accepted, never used to sign. @default AUTH_REFRESH_SECRET_PREVIOUS, separated by commas */
  readonly previousRefreshSecrets?: readonly string[]
  /** The `iss` claim. @default 'mindmesh-auth' */
  readonly issuer?: string
  /** The `aud` claim. @default 'mindmesh-auth' */
  readonly audience?: string
  /** @default 15 */
  readonly accessTokenMinutes?: number
  /** The longest life of a session. @default SESSION_DAYS or 7 */
  readonly sessionDays?: number
  /** A session ends after this long without a refresh. @default 72 */
  readonly sessionIdleHours?: number
  /** How long the token before the current one still gets the same successor. @default 10 */
  readonly refreshGraceSeconds?: number
  /** How long a sign-in or a confirmed password counts as fresh. @default 15 */
  readonly freshAuthenticationMinutes?: number
  /** @default OTP_EXPIRY_MINUTES or 5 */
  readonly otpExpiryMinutes?: number
  /** Tries a code. @default 5 */
  readonly otpAttempts?: number
  /** @default 30 */
  readonly resetExpiryMinutes?: number
  /** @default 60 */
  readonly emailChangeExpiryMinutes?: number
  /** How long the old address can take an address change back. @default 72 */
  readonly emailUndoHours?: number
  /** @default 8, or 15 where the second step is off (NIST SP 800-63B-4 §3.1.1.1) */
  readonly passwordMinLength?: number
  /** Words that must not carry a password: the product's, the company's. The app's name counts anyway. @default [] */
  readonly passwordContextWords?: readonly string[]
  /** Language of mails where a request does not say. @default 'en' */
  readonly locale?: string
  /** `manual`: only `mail.deliverDue()` sends, for a worker of your own. @default 'background' */
  readonly mailDelivery?: 'background' | 'manual'
  /** @default 6 */
  readonly mailMaxAttempts?: number
  /** How long ended sessions are kept, so that known devices are recognised. @default 90 */
  readonly endedSessionDays?: number
  readonly limits?: LimitsOptions
  /** argon2id; the defaults are OWASP's first choice. */
  readonly argon2?: {
    /** @default 19456 */
    readonly memoryKiB?: number
    /** @default 2 */
    readonly iterations?: number
    /** @default 1 */
    readonly parallelism?: number
    /** Hashes at once. @default the cores but one, 1 to 4: one is left to everything else */
    readonly maxConcurrent?: number
    /** Callers that wait; one more is told `busy`. @default 100 */
    readonly maxQueued?: number
  }
  /** Pages of the app that mails link to; the token is added as `?token=`. Without one the mail holds the token alone. */
  readonly urls?: {
    readonly passwordReset?: string
    readonly emailChange?: string
    readonly emailChangeUndo?: string
    /** Where providers send the browser back, with `:provider` in its path: each has an address of its own (RFC 9700 §4.4.2.2). */
    readonly oauthCallback?: string
  }
  /** Origins, besides the app's own paths, that `redirectTo` may lead to. @default [] */
  readonly redirectOrigins?: readonly string[]
  /** How long a provider may take to answer. @default 10 */
  readonly oauthTimeoutSeconds?: number
  /**
   * Whether signing in with a provider also takes the mailed code. `unless_vouched`: not where the provider says in
   * this very sign-in that the person has proven the account's address. @default 'unless_vouched'
   */
  readonly oauthSecondStep?: 'unless_vouched' | 'always'
  /**
   * Refuses `verifyOtp` without `challengeId`: then nobody but whoever knows the password can spend the tries of an
   * open code. Off, because code written against the original gives none. @default false
   */
  readonly requireLoginChallenge?: boolean
  /** Signs in by password alone. @default false */
  readonly dangerouslyDisableLoginOtp?: boolean
  /**
   * Accepts limits under which a sign-in code of one account is guessed with a chance above one in ten thousand while
   * its password lives; see `guessingBound`. @default false
   */
  readonly dangerouslyAllowGuessableCodes?: boolean
}

/** One limit as the flows see it. */
export interface Limit {
  readonly limit: number
  readonly windowSeconds: number
}

/** The configuration as the flows see it: complete and frozen. The options say what each means. */
export interface Config {
  readonly appName: string
  readonly jwtSecret: string
  readonly refreshSecret: string
  readonly previousJwtSecrets: readonly string[]
  readonly previousRefreshSecrets: readonly string[]
  readonly issuer: string
  readonly audience: string
  readonly accessTokenMinutes: number
  readonly sessionDays: number
  readonly sessionIdleHours: number
  readonly refreshGraceSeconds: number
  readonly freshAuthenticationMinutes: number
  readonly otpExpiryMinutes: number
  readonly otpAttempts: number
  readonly resetExpiryMinutes: number
  readonly emailChangeExpiryMinutes: number
  readonly emailUndoHours: number
  readonly passwordMinLength: number
  readonly passwordContextWords: readonly string[]
  readonly locale: string
  readonly mailDelivery: 'background' | 'manual'
  readonly mailMaxAttempts: number
  readonly endedSessionDays: number
  readonly limits: { readonly [Name in keyof LimitsOptions]-?: Limit }
  readonly argon2: Argon2Config
  readonly urls: {
    readonly passwordReset?: string | undefined
    readonly emailChange?: string | undefined
    readonly emailChangeUndo?: string | undefined
    readonly oauthCallback?: string | undefined
  }
  readonly redirectOrigins: readonly string[]
  readonly oauthTimeoutSeconds: number
  readonly oauthSecondStep: 'unless_vouched' | 'always'
  readonly requireLoginChallenge: boolean
  readonly dangerouslyDisableLoginOtp: boolean
  readonly dangerouslyAllowGuessableCodes: boolean
}

/** What hashing a password costs, and how much of it runs at once. */
export interface Argon2Config {
  readonly memoryKiB: number
  readonly iterations: number
  readonly parallelism: number
  readonly maxConcurrent: number
  readonly maxQueued: number
}

/** The variables that are read, and the option that each stands for. */
const ENVIRONMENT = {
  appName: ['AUTH_APP_NAME', 'text'],
  jwtSecret: ['AUTH_JWT_SECRET', 'text'],
  refreshSecret: ['AUTH_REFRESH_SECRET', 'text'],
  previousJwtSecrets: ['AUTH_JWT_SECRET_PREVIOUS', 'list'],
  previousRefreshSecrets: ['AUTH_REFRESH_SECRET_PREVIOUS', 'list'],
  otpExpiryMinutes: ['OTP_EXPIRY_MINUTES', 'number'],
  sessionDays: ['SESSION_DAYS', 'number'],
} as const satisfies Partial<
  Record<keyof ConfigOptions, readonly [string, 'text' | 'number' | 'list']>
>

/** Options over environment over defaults. Throws one {@link ConfigError} with every mistake. */
export function parseConfig(
  options: ConfigOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
  otherProblems: readonly ConfigProblem[] = [],
): Config {
  const input = { ...fromEnvironment(env), ...withoutUndefined(options) }
  const result = v.safeParse(schema, input)
  const problems = [
    ...otherProblems,
    ...(result.issues ?? []).map(problemOf),
    ...secretProblems(input),
    ...(result.success ? guessingProblems(result.output) : []),
  ]
  if (!result.success || problems.length > 0) throw new ConfigError(problems)
  const config = result.output
  return deepFrozen({
    ...config,
    passwordMinLength: config.passwordMinLength ?? (config.dangerouslyDisableLoginOtp ? 15 : 8),
  })
}

function deepFrozen<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object') deepFrozen(part)
  return Object.freeze(value)
}

function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [option, [name, kind]] of Object.entries(ENVIRONMENT)) {
    const text = env[name]
    if (text === undefined || text === '') continue
    if (kind === 'number') found[option] = Number(text)
    else found[option] = kind === 'list' ? text.split(',').map((part) => part.trim()) : text
  }
  return found
}

function withoutUndefined(options: ConfigOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  // What is given is an object, so whatever is wrong with it has a place in it.
  const path = String(v.getDotPath(issue))
  const variable = new Map<string, string>(
    Object.entries(ENVIRONMENT).map(([option, [name]]) => [option, name]),
  ).get(path)
  const field = variable === undefined ? `config.${path}` : `config.${path} (${variable})`
  if (issue.expected === 'never') return { field, message: 'is not an option' }
  if (issue.input === undefined) return { field, message: 'is missing' + hintFor(path) }
  return { field, message: issue.message }
}

function hintFor(path: string): string {
  return path.endsWith('Secret') ? '; make one with: openssl rand -base64 48' : ''
}

/** Asked of what was given, so that a reused secret is named beside whatever else is wrong. */
function secretProblems(input: Readonly<Record<string, unknown>>): readonly ConfigProblem[] {
  const jwt = textsIn([input['jwtSecret'], input['previousJwtSecrets']])
  const refresh = textsIn([input['refreshSecret'], input['previousRefreshSecrets']])
  if (!refresh.some((text) => jwt.includes(text))) return []
  return [
    {
      field: 'config.refreshSecret (AUTH_REFRESH_SECRET)',
      message: 'must be another secret than AUTH_JWT_SECRET',
    },
  ]
}

function textsIn(values: readonly unknown[]): readonly unknown[] {
  return values.flat().filter((value) => typeof value === 'string')
}
