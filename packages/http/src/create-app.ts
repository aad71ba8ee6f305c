import type { AppModel, MindmeshAuth } from '@mindmesh/auth'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { AuthEnv } from './auth-schema.ts'
import { authRoutes } from './auth-routes.ts'
import type { HandlerConfig } from './handler-config.ts'
import { addBrowserRoutes } from './oauth/browser-routes.ts'
import { openApiDocument } from './openapi/open-api-document.ts'
import { RequestProblem } from './problems/request-problem.ts'
import { refuse } from './refuse.ts'
import type { Route } from './route.ts'
import { serveRoute } from './serve-route.ts'

/** On every answer: it is for one person, and nothing of it is to be kept, framed, or guessed at. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** All routes as one app, without a base path. */
export function createApp<App extends AppModel>(
  mindmesh: MindmeshAuth<App>,
  config: HandlerConfig,
): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>()
  const routes: readonly [string, Route][] = Object.entries(authRoutes(config))
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
    return next()
  })
  if (config.trustedOrigins.length > 0) app.use(corsOf(config))
  app.onError((error, c) => refuse(c, error, config))
  for (const [key, route] of routes) {
    const [method = '', path = ''] = key.split(' ')
    app.on(method, path, async (c) => {
      const setCookie = (line: string): void => c.header('set-cookie', line, { append: true })
      const visit = { request: c.req.raw, env: c.env, setCookie }
      return answer(c, route, await serveRoute(mindmesh, config, route, visit))
    })
  }
  app.get('/openapi.json', (c) => c.json(openApiDocument(routes, config, c.req.path)))
  for (const [path, allow] of allowedMethods(routes)) {
    app.all(path, (c) => {
      c.header('allow', allow)
      return refuse(c, new RequestProblem('method_not_allowed'), config)
    })
  }
  addBrowserRoutes(app, mindmesh, config)
  // Not app.notFound: that of an app which is mounted in another is never asked.
  app.all('*', (c) => refuse(c, new RequestProblem('not_found'), config))
  return app
}

function answer(c: Context, route: Route, data: unknown): Response {
  return route.answer === undefined ? c.body(null, route.status) : c.json(data, 200)
}

/** Pages of trusted origins may call and read; pages of others may not. */
function corsOf({ trustedOrigins }: HandlerConfig): MiddlewareHandler {
  return cors({
    origin: [...trustedOrigins],
    credentials: true,
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'content-type'],
    exposeHeaders: ['retry-after'],
    maxAge: 600,
  })
}

function allowedMethods(routes: readonly [string, Route][]): ReadonlyMap<string, string> {
  const methods = new Map([['/openapi.json', 'GET, HEAD']])
  for (const [key, { body }] of routes) {
    methods.set(key.split(' ')[1] ?? '', body === undefined ? 'GET, HEAD' : 'POST')
  }
  return methods
}
