import { AuthError, type AppModel, type MindmeshApi, type MindmeshAuth } from '@mindmesh/auth'
import type { HandlerConfig } from '../handler-config.ts'
import { RequestProblem } from '../problems/request-problem.ts'
import { originOf } from '../request/origin.ts'
import { bindApi, cookiesOf, type Visit } from '../visit.ts'
import type { AuthCookies } from './auth-cookies.ts'
import { credentialsOf, identify, type Caller, type Credentials } from './identify.ts'
import { renewCookies } from './renew-cookies.ts'

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Who makes a request to a route of the app's own. A request with cookies that may change something has to come from
 * an own page. Throws `not_signed_in`, `foreign_origin`, and as `auth.getUserFromToken` does.
 */
export async function authenticate<App extends AppModel>(
  mindmesh: Pick<MindmeshAuth<App>, 'withContext'>,
  config: HandlerConfig,
  visit: Visit,
  { renew = false }: { readonly renew?: boolean } = {},
): Promise<Caller<App>> {
  const { request } = visit
  const cookies = cookiesOf(config, visit)
  const credentials = credentialsOf(request, cookies)
  const isSafe = credentials.mode === 'token' || SAFE_METHODS.includes(request.method)
  if (!isSafe && originOf(request, config) !== 'own') throw new RequestProblem('foreign_origin')
  const api = bindApi(mindmesh, config, visit)
  return renew && credentials.mode === 'cookie'
    ? identifyOrRenew(api, cookies, credentials)
    : identify(api, credentials)
}

async function identifyOrRenew<App extends AppModel>(
  api: MindmeshApi<App>,
  cookies: AuthCookies,
  credentials: Credentials,
): Promise<Caller<App>> {
  try {
    return await identify(api, credentials)
  } catch (error) {
    const isRenewable =
      error instanceof AuthError && ['token_expired', 'token_invalid'].includes(error.code)
    if (!isRenewable) throw error
    return identify(api, { accessToken: await renewCookies(api, cookies), mode: 'cookie' })
  }
}
