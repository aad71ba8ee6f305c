import * as v from 'valibot'
import type { PublicUser } from '../../public-user.ts'
import { openRoute, type OpenRoute } from '../../route.ts'
import type { Setup } from '../../setup.ts'
import { modeSchema } from '../../tokens.ts'
import { provider } from '../fields.ts'
import { cookieOf } from './begun.ts'
import { outcomeOf, outcomeSchema, type OutcomeAnswer } from './outcome.ts'

const body = v.pipe(
  v.strictObject({
    provider,
    state: v.pipe(v.string(), v.description('As the provider sent it back.')),
    code: v.optional(v.string()),
    error: v.optional(v.string()),
    iss: v.optional(v.string()),
    user: v.optional(v.string()),
    mode: modeSchema,
    startedState: v.optional(
      v.pipe(v.string(), v.description('From the start. Needed in token mode, and only there.')),
    ),
  }),
  v.forward(
    v.check(
      ({ mode, startedState }) => (mode === 'token') === (startedState !== undefined),
      'startedState is needed in token mode, and only there.',
    ),
    ['startedState'],
  ),
)

/** What `oauth/complete` takes. */
export type CompleteBody = v.InferInput<typeof body>

/** Takes a provider's answer from a client that received it itself, such as a phone's app at the callback's link. */
export function complete(
  setup: Setup,
): OpenRoute<CompleteBody, v.InferOutput<typeof body>, OutcomeAnswer<PublicUser>, 200> {
  return openRoute({
    summary: 'Take a provider’s answer, for clients that receive it themselves.',
    access: 'session',
    body,
    status: 200,
    answer: outcomeSchema(setup),
    problems: [
      'oauth_state_invalid',
      'oauth_denied',
      'oauth_failed',
      'provider_unavailable',
      'email_taken',
      'account_linked_elsewhere',
      'account_blocked',
      'invalid_credentials',
      'session_revoked',
      'session_expired',
      'user_not_found',
      'rate_limited',
      'conflict',
    ],
    async handle(call) {
      const { provider: id, mode: _, startedState, ...answer } = call.body
      const { api, cookies, body: given } = call
      const browserState = startedState ?? cookies.takeOAuthState(cookieOf(api, id), given.state)
      const result = await api.oauth.callback(id, { ...answer, browserState })
      return outcomeOf(call, result, setup)
    },
  })
}
