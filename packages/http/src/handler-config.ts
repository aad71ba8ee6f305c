import { ConfigError, StoreError, type ConfigProblem } from '@mindmesh/auth'
import * as v from 'valibot'
import type { OriginRules } from './request/origin.ts'
import type { Setup } from './setup.ts'

/** The options as they may come from a program without types. */
export interface PlainOptions {
  readonly basePath?: string | undefined
  readonly trustedOrigins?: readonly string[] | undefined
  readonly trustedProxies?: number | undefined
  readonly clientAddress?: ((request: Request) => string | null | undefined) | undefined
  readonly locales?: readonly string[] | undefined
  readonly profile?: v.GenericSchema<unknown, object | undefined> | undefined
  readonly userFields?: v.GenericSchema<unknown, object> | undefined
  readonly oauthPage?: string | undefined
  readonly dangerouslyAllowInsecureCookies?: boolean | undefined
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The options as the handler sees them. */
export interface HandlerConfig extends Setup, OriginRules {
  /** Without a slash at the end; empty for the root. */
  readonly basePath: string
  readonly trustedProxies: number
  readonly clientAddress: ((request: Request) => string | null | undefined) | null
  readonly locales: readonly string[]
  /** Where a browser comes back to from a provider. */
  readonly oauthPage: string
  readonly insecureCookies: boolean
  readonly report: (error: unknown) => void
}

const callable = v.custom<(...given: never[]) => never>(
  (value) => typeof value === 'function',
  'must be a function',
)
const valibotSchema = v.custom<v.GenericSchema>(
  (value) => typeof value === 'object' && value !== null && '~run' in value,
  'must be a valibot schema',
)
const origin = v.pipe(
  v.string('must be a text'),
  v.regex(
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#*@\s]+$/,
    'must be an origin in lower case, for example https://app.example.com',
  ),
)
const schema = v.strictObject({
  basePath: v.optional(
    v.pipe(
      v.string('must be a text'),
      v.regex(/^(?:\/[\w.~-]+)*\/?$/, 'must be a path, for example /auth'),
    ),
  ),
  trustedOrigins: v.optional(v.array(origin, 'must be a list')),
  trustedProxies: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must not be negative'),
      v.maxValue(16, 'must be at most 16'),
    ),
  ),
  clientAddress: v.optional(callable),
  locales: v.optional(v.array(v.string('must be a text'), 'must be a list')),
  profile: v.optional(valibotSchema),
  userFields: v.optional(valibotSchema),
  oauthPage: v.optional(
    v.pipe(
      v.string('must be a text'),
      v.regex(
        /^(?:https?:\/\/[^/?#\s\\]+)?(?:\/(?![/\\])[^#\s\\]*)?$/,
        'must be a path or a URL without a fragment, for example /sign-in',
      ),
      v.minLength(1, 'must not be empty'),
    ),
  ),
  dangerouslyAllowInsecureCookies: v.optional(v.boolean('must be true or false')),
  onError: v.optional(callable),
})

/** The options with their defaults. Throws one `ConfigError` that names every mistake. */
export function parseOptions(options: PlainOptions): HandlerConfig {
  const problems = (v.safeParse(schema, options).issues ?? []).map(problemOf)
  const { clientAddress = null, trustedProxies = 0 } = options
  if (clientAddress !== null && trustedProxies > 0) {
    problems.push({
      field: 'authHandler.trustedProxies',
      message: 'has no effect beside clientAddress',
    })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const allowHttp = options.dangerouslyAllowInsecureCookies ?? false
  return {
    basePath: (options.basePath ?? '/auth').replace(/\/$/, ''),
    trustedOrigins: options.trustedOrigins ?? [],
    allowHttp,
    insecureCookies: allowHttp,
    trustedProxies,
    clientAddress,
    locales: options.locales ?? ['en', 'de'],
    profile: options.profile ?? null,
    userFields: options.userFields ?? v.object({}),
    oauthPage: options.oauthPage ?? '/',
    report: options.onError ?? reportToConsole,
  }
}

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  const field = `authHandler.${v.getDotPath(issue) ?? 'options'}`
  return { field, message: issue.expected === 'never' ? 'is not an option' : issue.message }
}

/** Name and place alone: a message may hold what a person typed, or SQL. */
function reportToConsole(error: unknown): void {
  const name = error instanceof Error ? error.name : 'Something'
  const operation = error instanceof StoreError ? ` (${error.operation})` : ''
  const frames = error instanceof Error ? (error.stack ?? '').match(/^\s+at .+$/gm) : null
  console.error(`${name}${operation} in a request to Mindmesh Auth\n${(frames ?? []).join('\n')}`)
}
