import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { linkToken } from './fields.ts'

/** Takes an address change back by the token that was mailed to the old address. Every session ends. */
export const undoEmailChange = openRoute({
  summary: 'Take an address change back by the mailed token. Ends every session.',
  access: 'anyone',
  body: v.strictObject({ token: linkToken }),
  status: 204,
  problems: ['link_invalid', 'link_expired', 'email_taken', 'conflict'],
  handle: async ({ api, body }): Promise<void> => api.user.undoEmailChange(body.token),
})
