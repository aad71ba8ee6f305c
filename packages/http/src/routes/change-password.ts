import * as v from 'valibot'
import { userRoute } from '../route.ts'

/** Replaces the password of somebody who knows it, and ends the other sessions. */
export const changePassword = userRoute({
  summary: 'Replace the password. Ends the other sessions.',
  body: v.strictObject({ current: v.string(), next: v.string() }),
  status: 204,
  problems: ['invalid_credentials', 'rate_limited', 'conflict', 'busy'],
  async handle({ api, body: { current, next }, caller }): Promise<void> {
    const keepSessionId = caller.sessionId
    await api.password.change(caller.user.id, current, next, { keepSessionId })
  },
})
