import type { IncomingMessage, ServerResponse } from 'node:http'
import { AuthError } from '@mindmesh/auth'
import { RequestProblem } from '@mindmesh/auth-http'
import { toRequest } from '@mindmesh/auth-http/node'
import type { App } from 'mindmesh-auth-example-site'

/** A route of the app's own, for people who are signed in: `authenticate` says who asks, by cookie or bearer token. */
export async function answerGreeting(
  { auth }: App,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const send = (status: number, body: object): void => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    outgoing.writeHead(status, headers).end(JSON.stringify(body))
  }
  try {
    const caller = await auth.authenticate(toRequest(incoming))
    if (caller === null) send(401, {})
    else send(200, { greeting: `Hello, ${caller.user.displayName}` })
  } catch (error) {
    const isRefusal = error instanceof AuthError || error instanceof RequestProblem
    send(isRefusal ? 401 : 500, {})
  }
}
