import * as v from 'valibot'
import { userRoute } from '../route.ts'

/** Confirms the password: the session counts as fresh from now on. */
export const reauthenticate = userRoute({
  summary: 'Confirm the password, so that the session counts as fresh.',
  body: v.strictObject({ password: v.string() }),
  status: 204,
  problems: ['invalid_credentials', 'rate_limited', 'busy'],
  handle: async ({ api, body, caller }): Promise<void> =>
    api.session.reauthenticate(caller.sessionId, body.password),
})
