import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { linkToken } from './fields.ts'

/** Sets a new password by the mailed token. It signs nobody in, and ends every session. */
export const resetPassword = openRoute({
  summary: 'Set a new password by the mailed token. Ends every session.',
  access: 'anyone',
  body: v.strictObject({ token: linkToken, newPassword: v.string() }),
  status: 204,
  problems: ['link_invalid', 'link_expired', 'conflict', 'busy'],
  handle: async ({ api, body }): Promise<void> => api.password.reset(body.token, body.newPassword),
})
