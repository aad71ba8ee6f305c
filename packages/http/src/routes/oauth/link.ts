import * as v from 'valibot'
import { userRoute } from '../../route.ts'
import { freshPassword, provider, redirectTo, targetOf } from '../fields.ts'
import { begunSchema, handOverStart, type BegunAnswer } from './begun.ts'

/** Begins to add an identity to the person's account. It is bound to the session: a logout in between takes it back. */
export const link = userRoute({
  summary: 'Begin to add an identity at a provider.',
  body: v.strictObject({ provider, redirectTo, password: freshPassword }),
  status: 200,
  answer: begunSchema,
  problems: [
    'reauthentication_required',
    'email_not_verified',
    'invalid_credentials',
    'rate_limited',
    'busy',
  ],
  async handle(call): Promise<BegunAnswer> {
    const { api, body, caller } = call
    const { sessionId } = caller
    if (body.password !== undefined) await api.session.reauthenticate(sessionId, body.password)
    const begun = await api.oauth.link(caller.user.id, body.provider, {
      proof: { sessionId },
      ...targetOf(body.redirectTo),
    })
    return handOverStart(call, body.provider, begun)
  },
})
