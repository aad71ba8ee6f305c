import * as v from 'valibot'
import { userRoute } from '../../route.ts'
import { freshPassword, proofOf, provider } from '../fields.ts'

/** Takes an identity off the person's account, but never the last way in. */
export const unlink = userRoute({
  summary: 'Remove an identity at a provider.',
  body: v.strictObject({
    provider,
    subject: v.optional(
      v.pipe(v.string(), v.description('Needed where there are several at this provider.')),
    ),
    password: freshPassword,
  }),
  status: 204,
  problems: [
    'identity_not_found',
    'last_way_in',
    'reauthentication_required',
    'invalid_credentials',
    'rate_limited',
    'busy',
  ],
  async handle(call): Promise<void> {
    const { provider: id, subject } = call.body
    const which = subject === undefined ? {} : { subject }
    await call.api.oauth.unlink(call.caller.user.id, id, { ...which, proof: proofOf(call) })
  },
})
