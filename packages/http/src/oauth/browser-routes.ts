import type { AppModel, MindmeshAuth } from '@mindmesh/auth'
import type { Context, Hono } from 'hono'
import type { AuthEnv } from '../auth-schema.ts'
import type { HandlerConfig } from '../handler-config.ts'
import { problemOf } from '../problems/problem-document.ts'
import { RequestProblem } from '../problems/request-problem.ts'
import { isOwnFault } from '../refuse.ts'
import type { Call } from '../route.ts'
import { targetOf } from '../routes/fields.ts'
import { cookieOf, handOverStart } from '../routes/oauth/begun.ts'
import { outcomeOf } from '../routes/oauth/outcome.ts'
import { bindApi, cookiesOf } from '../visit.ts'
import { readAnswer } from './read-answer.ts'
import { pageFor, pageOfFailure } from './result-page.ts'

/**
 * The two routes that a browser is sent to, which answer with redirects: to the provider, and from there to a page
 * of the app. The state in the query is the proof of where an answer belongs; the cookie is that of this browser.
 */
export function addBrowserRoutes<App extends AppModel>(
  app: Hono<AuthEnv>,
  mindmesh: MindmeshAuth<App>,
  config: HandlerConfig,
): void {
  app.get('/oauth/:provider', (c) =>
    redirecting(c, config, async () => {
      assertNavigation(c.req.raw)
      const call = callOf(c, mindmesh, config)
      const provider = c.req.param('provider')
      const begun = await call.api.oauth.authorize(provider, targetOf(c.req.query('redirectTo')))
      return handOverStart(call, provider, begun).url
    }),
  )
  app.on(['GET', 'POST'], '/oauth/:provider/callback', (c) =>
    redirecting(c, config, async () => {
      const call = callOf(c, mindmesh, config)
      const provider = c.req.param('provider')
      const answer = await readAnswer(c.req.raw)
      const browserState = call.cookies.takeOAuthState(cookieOf(call.api, provider), answer.state)
      const result = await call.api.oauth.callback(provider, { ...answer, browserState })
      return pageFor(config, await outcomeOf(call, result, config))
    }),
  )
}

/** Redirects to where the work leads; a refusal leads to the app's page, too: a person sits before it. */
async function redirecting(
  c: Context,
  config: HandlerConfig,
  work: () => Promise<string>,
): Promise<Response> {
  try {
    return c.redirect(await work(), 303)
  } catch (error) {
    const problem = problemOf(error)
    if (isOwnFault(problem)) config.report(error)
    return c.redirect(pageOfFailure(config, problem.code), 303)
  }
}

/** A page that is left for the provider, not a picture or a script of some site that spends the limit of starts. */
function assertNavigation({ headers }: Request): void {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null && mode !== 'navigate') throw new RequestProblem('foreign_origin')
}

function callOf<App extends AppModel>(
  c: Context,
  mindmesh: MindmeshAuth<App>,
  config: HandlerConfig,
): Call<null> {
  const setCookie = (line: string): void => c.header('set-cookie', line, { append: true })
  const visit = { request: c.req.raw, env: c.env, setCookie }
  return {
    api: bindApi(mindmesh, config, visit),
    body: null,
    mode: 'cookie',
    cookies: cookiesOf(config, visit),
    authorization: null,
    report: config.report,
  }
}
