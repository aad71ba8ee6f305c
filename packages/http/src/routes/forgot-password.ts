import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { email } from './fields.ts'

/** Mails a reset link, and answers alike where the address has no account. */
export const forgotPassword = openRoute({
  summary: 'Mail a link to set a new password. The answer is the same for every address.',
  access: 'anyone',
  body: v.strictObject({ email }),
  status: 202,
  problems: ['rate_limited'],
  handle: async ({ api, body }): Promise<void> => api.password.requestReset(body.email),
})
