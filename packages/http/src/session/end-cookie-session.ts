import { AuthError, type MindmeshApi } from '@mindmesh/auth'
import type { AuthCookies } from './auth-cookies.ts'
import { sessionIsOver } from './session-is-over.ts'

/**
 * Ends the session that this browser is in, also where only its refresh token still counts. Changes no cookie. A
 * session that is over already is no error.
 */
export async function endCookieSession(api: MindmeshApi, cookies: AuthCookies): Promise<void> {
  try {
    const accessToken = await countingToken(api, cookies)
    if (accessToken === null) return
    const { sessionId } = await api.auth.verifyAccessToken(accessToken)
    await api.auth.logout(sessionId)
  } catch (error) {
    if (!sessionIsOver(error)) throw error
  }
}

async function countingToken(api: MindmeshApi, cookies: AuthCookies): Promise<string | null> {
  const accessToken = cookies.read('access')
  const refreshToken = cookies.read('refresh')
  if (accessToken !== null && (await counts(api, accessToken))) return accessToken
  return refreshToken === null ? null : (await api.auth.refresh(refreshToken)).accessToken
}

async function counts(api: MindmeshApi, accessToken: string): Promise<boolean> {
  try {
    await api.auth.verifyAccessToken(accessToken)
    return true
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}
