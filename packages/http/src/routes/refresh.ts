import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { renewCookies } from '../session/renew-cookies.ts'
import { handOut, issuedTokensSchema, modeSchema, type IssuedTokens } from '../tokens.ts'

const body = v.pipe(
  v.strictObject({
    mode: modeSchema,
    refreshToken: v.optional(
      v.pipe(v.string(), v.description('Needed in token mode, and only there.')),
    ),
  }),
  v.forward(
    v.check(
      ({ mode, refreshToken }) => (mode === 'token') === (refreshToken !== undefined),
      'refreshToken is needed in token mode, and only there.',
    ),
    ['refreshToken'],
  ),
)

/** What `refresh` gives. */
export interface RefreshAnswer {
  /** `null` in cookie mode. */
  readonly tokens: IssuedTokens | null
}

/** New tokens. A cookie is never turned into a token that scripts can read: the two ways do not meet. */
export const refresh = openRoute({
  summary: 'New tokens. In cookie mode it changes nothing while the access token is good.',
  access: 'session',
  body,
  status: 200,
  answer: v.object({ tokens: v.nullable(issuedTokensSchema) }),
  problems: [
    'not_signed_in',
    'token_invalid',
    'session_revoked',
    'session_expired',
    'account_blocked',
    'conflict',
  ],
  async handle(call): Promise<RefreshAnswer> {
    const { refreshToken } = call.body
    if (refreshToken !== undefined) {
      return { tokens: await handOut(call, await call.api.auth.refresh(refreshToken)) }
    }
    await renewCookies(call.api, call.cookies)
    return { tokens: null }
  },
})
