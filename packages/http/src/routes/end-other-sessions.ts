import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { freshPassword, proofOf } from './fields.ts'

/** Ends every session of the person but this one. */
export const endOtherSessions = userRoute({
  summary: 'End every session but this one.',
  body: v.strictObject({ password: freshPassword }),
  status: 204,
  problems: ['reauthentication_required', 'invalid_credentials', 'rate_limited', 'busy'],
  async handle(call): Promise<void> {
    const { user, sessionId } = call.caller
    await call.api.session.assertFresh(user.id, proofOf(call))
    await call.api.session.revokeAll(user.id, { except: sessionId })
  },
})
