import { createServer as createHttpServer, type Server } from 'node:http'
import { toNodeListener } from '@mindmesh/auth-http/node'
import { createSite, type App } from 'mindmesh-auth-example-site'
import { answerGreeting } from './answer-greeting.ts'

/** The site on plain `node:http`: the library's routes under /auth, a route of its own, and the pages everywhere else. */
export function createServer(app: App): Server {
  const auth = toNodeListener(app.auth)
  const pages = toNodeListener({ basePath: '', fetch: createSite(app) })
  return createHttpServer((incoming, outgoing) => {
    if (incoming.url === '/api/greeting') return void answerGreeting(app, incoming, outgoing)
    // What is not under /auth is handed on to the pages.
    auth(incoming, outgoing, () => pages(incoming, outgoing))
  })
}
