import { AuthError, type AppModel, type MindmeshApi } from '@mindmesh/auth'
import { RequestProblem } from '../problems/request-problem.ts'
import type { AuthCookies } from './auth-cookies.ts'

/** How a client keeps its tokens: a browser in cookies, everything else by itself. */
export type Mode = 'cookie' | 'token'

/** Who makes a request, and in which session. */
export interface Caller<App extends AppModel = AppModel> {
  readonly user: App['user']
  readonly sessionId: string
  readonly mode: Mode
}

/** The token of `Authorization: Bearer` (RFC 6750 §2.1), or `null` for another scheme and for none. */
export function bearerToken(authorization: string | null): string | null {
  return /^Bearer +(.*)$/i.exec(authorization ?? '')?.[1]?.trim() ?? null
}

/** What a request shows of who makes it. */
export interface Credentials {
  /** `null` where only the refresh cookie is left. */
  readonly accessToken: string | null
  readonly mode: Mode
}

/**
 * The credentials of a request. A bearer token is its whole identity: cookies beside it count for nothing. Throws
 * `not_signed_in` where there are none.
 */
export function credentialsOf(request: Request, cookies: AuthCookies): Credentials {
  const bearer = bearerToken(request.headers.get('authorization'))
  if (bearer !== null) return { accessToken: bearer, mode: 'token' }
  const accessToken = cookies.read('access')
  if (accessToken === null && cookies.read('refresh') === null) {
    throw new RequestProblem('not_signed_in')
  }
  return { accessToken, mode: 'cookie' }
}

/** The person and the session of an access token, with one query. Throws as `auth.getUserFromToken` does. */
export async function identify<App extends AppModel>(
  api: MindmeshApi<App>,
  { accessToken, mode }: Credentials,
): Promise<Caller<App>> {
  if (accessToken === null) throw new AuthError('token_expired')
  const user = await api.auth.getUserFromToken(accessToken)
  const { sessionId } = await api.auth.verifyAccessToken(accessToken)
  return { user, sessionId, mode }
}
