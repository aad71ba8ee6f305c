import { AuthError, type AppModel, type MindmeshApi } from '@mindmesh/auth'
import { RequestProblem } from '../problems/request-problem.ts'
import type { AuthCookies } from './auth-cookies.ts'
import { sessionIsOver } from './session-is-over.ts'

/**
 * A live access token for this browser; gives it, and sets new cookies only where the old access token no longer
 * counts. So of many tabs whose token ran out at once one rotates: those that refresh with its new cookies change
 * nothing, and those that were sent before it get the same successor. Throws `not_signed_in`, and as `auth.refresh`
 * does; where the session is over the cookies are cleared.
 */
export async function renewCookies<App extends AppModel>(
  api: MindmeshApi<App>,
  cookies: AuthCookies,
): Promise<string> {
  const accessToken = cookies.read('access')
  if (accessToken !== null && (await isLive(api, accessToken))) return accessToken
  const refreshToken = cookies.read('refresh')
  if (refreshToken === null) throw new RequestProblem('not_signed_in')
  try {
    const tokens = await api.auth.refresh(refreshToken)
    cookies.keepTokens(tokens)
    return tokens.accessToken
  } catch (error) {
    if (!sessionIsOver(error)) throw error
    cookies.forgetTokens()
    throw error.code === 'invalid_input' ? new AuthError('token_invalid') : error
  }
}

async function isLive<App extends AppModel>(
  api: MindmeshApi<App>,
  accessToken: string,
): Promise<boolean> {
  try {
    await api.auth.getUserFromToken(accessToken)
    return true
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}
