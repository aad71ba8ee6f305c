import type { AppModel, MindmeshAuth } from '@mindmesh/auth'
import type { MiddlewareHandler } from 'hono'
import type { HandlerConfig } from './handler-config.ts'
import { refuse } from './refuse.ts'
import { authenticate } from './session/authenticate.ts'
import type { Caller } from './session/identify.ts'

/** What `requireUser` adds to `c.var`. */
export interface SignedInVariables<App extends AppModel = AppModel> {
  readonly user: App['user']
  readonly sessionId: string
}

/** How `requireUser` treats a request. */
export interface RequireUserOptions {
  /**
   * Renews a cookie's access token that has run out, on the way. For pages that the server renders, where no script
   * could have called `refresh` first.
   * @default false
   */
  readonly renew?: boolean
}

/** Hono middleware: lets nobody through who is not signed in, and answers them with a problem document. */
export function createRequireUser<App extends AppModel>(
  mindmesh: Pick<MindmeshAuth<App>, 'withContext'>,
  config: HandlerConfig,
  options: RequireUserOptions = {},
): MiddlewareHandler<{ Variables: SignedInVariables<App> }> {
  return async (c, next) => {
    const setCookie = (line: string): void => c.header('set-cookie', line, { append: true })
    const visit = { request: c.req.raw, env: c.env, setCookie }
    let caller: Caller<App>
    try {
      caller = await authenticate(mindmesh, config, visit, options)
    } catch (error) {
      c.header('cache-control', 'no-store')
      return refuse(c, error, config)
    }
    c.set('user', caller.user)
    c.set('sessionId', caller.sessionId)
    return next()
  }
}
