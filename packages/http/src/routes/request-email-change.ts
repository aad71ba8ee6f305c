import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { email, freshPassword, proofOf } from './fields.ts'

/** Mails a link to a new address, and answers alike where that address has an account. */
export const requestEmailChange = userRoute({
  summary: 'Mail a link to a new address. Nothing changes before it is used.',
  body: v.strictObject({ newEmail: email, password: freshPassword }),
  status: 202,
  problems: ['reauthentication_required', 'invalid_credentials', 'rate_limited', 'busy'],
  handle: async (call): Promise<void> =>
    call.api.user.requestEmailChange(call.caller.user.id, call.body.newEmail, proofOf(call)),
})
