import { AuthError } from '@mindmesh/auth'
import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { freshPassword, proofOf } from './fields.ts'

/** Ends one of the person's sessions. Another person's is `session_not_found`, like one that never was. */
export const endSession = userRoute({
  summary: 'End one session.',
  body: v.strictObject({ sessionId: v.string(), password: freshPassword }),
  status: 204,
  problems: [
    'session_not_found',
    'reauthentication_required',
    'invalid_credentials',
    'rate_limited',
    'busy',
  ],
  async handle(call): Promise<void> {
    const { api, body, caller, cookies } = call
    const own = await api.session.list(caller.user.id)
    if (!own.some(({ id }) => id === body.sessionId)) throw new AuthError('session_not_found')
    const isCurrent = body.sessionId === caller.sessionId
    if (!isCurrent) await api.session.assertFresh(caller.user.id, proofOf(call))
    await api.session.revoke(body.sessionId)
    if (isCurrent && call.mode === 'cookie') cookies.forgetTokens()
  },
})
