import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { freshPassword, proofOf } from './fields.ts'

/** Deletes the person with all sessions. */
export const deleteAccount = userRoute({
  summary: 'Delete the account.',
  body: v.strictObject({ password: freshPassword }),
  status: 204,
  problems: ['reauthentication_required', 'invalid_credentials', 'rate_limited', 'busy'],
  async handle(call): Promise<void> {
    await call.api.user.delete(call.caller.user.id, proofOf(call))
    if (call.mode === 'cookie') call.cookies.forgetTokens()
  },
})
