import type { MindmeshAuth } from '@mindmesh/auth'
import type { HandlerConfig } from './handler-config.ts'
import { RequestProblem } from './problems/request-problem.ts'
import { originOf } from './request/origin.ts'
import { parseBody } from './request/parse-body.ts'
import { readJson } from './request/read-json.ts'
import type { Call, Route } from './route.ts'
import { bearerToken, credentialsOf, identify, type Mode } from './session/identify.ts'
import { bindApi, cookiesOf, type Visit } from './visit.ts'

/**
 * The way of every request: its origin, its body, its mode, who makes it, then the route itself. Gives what the
 * route answers; refuses by throwing.
 */
export async function serveRoute(
  mindmesh: Pick<MindmeshAuth, 'withContext'>,
  config: HandlerConfig,
  route: Route,
  visit: Visit,
): Promise<unknown> {
  const { request } = visit
  // A GET changes nothing, and no other site can read its answer.
  const origin = route.body === undefined ? 'own' : originOf(request, config)
  if (origin === 'foreign') throw new RequestProblem('foreign_origin')
  const body = route.body && parseBody(route.body, await readJson(request))
  const mode = modeOf(request, body)
  // Cookies come by themselves, also to a request that another site caused: it has to say where it is from.
  const usesCookies = route.access !== 'anyone' && mode === 'cookie'
  if (usesCookies && origin !== 'own') throw new RequestProblem('foreign_origin')
  const call: Call<unknown> = {
    api: bindApi(mindmesh, config, visit),
    body,
    mode,
    cookies: cookiesOf(config, visit),
    authorization: request.headers.get('authorization'),
    report: config.report,
  }
  if (route.access !== 'user') return route.handle(call)
  const caller = await identify(call.api, credentialsOf(request, call.cookies))
  return route.handle({ ...call, caller })
}

/** A sign-in says in its body how it wants its tokens; afterwards whoever shows a bearer token has no use for cookies. */
function modeOf(request: Request, body: unknown): Mode {
  if (typeof body === 'object' && body !== null && 'mode' in body) {
    return body.mode === 'token' ? 'token' : 'cookie'
  }
  return bearerToken(request.headers.get('authorization')) === null ? 'cookie' : 'token'
}
