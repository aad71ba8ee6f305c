import * as v from 'valibot'
import { openRoute } from '../route.ts'
import { endCookieSession } from '../session/end-cookie-session.ts'
import { bearerToken } from '../session/identify.ts'

/** Ends the session that the request is in. A browser that is in none is simply signed out. */
export const logout = openRoute({
  summary: 'End this session.',
  access: 'session',
  body: v.strictObject({}),
  status: 204,
  problems: ['token_invalid', 'token_expired'],
  async handle({ api, cookies, authorization }): Promise<void> {
    const accessToken = bearerToken(authorization)
    if (accessToken !== null) {
      const { sessionId } = await api.auth.verifyAccessToken(accessToken)
      return api.auth.logout(sessionId)
    }
    await endCookieSession(api, cookies)
    cookies.forgetTokens()
  },
})
