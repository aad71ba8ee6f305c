import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { linkToken } from './fields.ts'

/** Changes the address by the token that was mailed to the new one. Every session ends. */
export const confirmEmailChange = openRoute({
  summary: 'Change the address by the mailed token. Ends every session.',
  access: 'anyone',
  body: v.strictObject({ token: linkToken }),
  status: 204,
  problems: ['link_invalid', 'link_expired', 'email_taken'],
  async handle({ api, body }): Promise<void> {
    await api.user.confirmEmailChange(body.token)
  },
})
