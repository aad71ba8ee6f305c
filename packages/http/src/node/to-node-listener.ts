import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, RequestError } from '@hono/node-server'
import { AuthError } from '@mindmesh/auth'
import { problemHeaders, problemOf } from '../problems/problem-document.ts'
import { originalUrl } from './to-request.ts'

/** What `node:http`, Express and Fastify's raw side call. `next` is asked for what is not under the base path. */
export type NodeListener = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** The part of an `AuthHandler` that is needed here. */
interface Served {
  readonly basePath: string
  readonly fetch: (request: Request, env?: unknown) => Promise<Response>
}

/**
 * The routes as a listener for `createServer`, as Express middleware (`app.use(listener)`), or for Fastify's raw
 * request. The client's address is the socket's.
 */
export function toNodeListener(handler: Served): NodeListener {
  const listen = getRequestListener(
    async (request, env) => handler.fetch(withBody(request, env.incoming), env),
    { overrideGlobalObjects: false, errorHandler: refusal },
  )
  return (incoming, outgoing, next) => {
    if (next !== undefined && !isUnder(handler.basePath, originalUrl(incoming))) return next()
    incoming.url = originalUrl(incoming)
    void listen(incoming, outgoing)
  }
}

function isUnder(basePath: string, url: string): boolean {
  const path = url.split('?')[0] ?? ''
  return path === basePath || path.startsWith(`${basePath}/`)
}

/** Where a body parser ran before us the stream is used up, and what it parsed is the body. */
function withBody(request: Request, incoming: { readonly readableDidRead: boolean }): Request {
  if (!incoming.readableDidRead) return request
  const parsed: unknown = Reflect.get(incoming, 'body')
  if (parsed === undefined) {
    throw new TypeError('Something read the body before the auth handler. Mount the handler first.')
  }
  const body = typeof parsed === 'string' ? parsed : JSON.stringify(parsed)
  const { url, method, headers } = request
  return new Request(url, { method, headers, body })
}

/** For what fails before or beside the routes, such as a `Host` header that is none. */
function refusal(error: unknown): Response {
  if (!(error instanceof RequestError)) console.error(error)
  const reason = 'not_a_request'
  const problem = problemOf(
    error instanceof RequestError
      ? new AuthError('invalid_input', { field: 'request', reason, message: error.message })
      : error,
  )
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...problemHeaders(problem), 'cache-control': 'no-store' },
  })
}
