import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { createSite, type App } from 'mindmesh-auth-example-site'

/** The site on Hono: the library's routes under /auth, a route of its own, and the pages everywhere else. */
export function createServer(app: App): ServerType {
  const pages = createSite(app)
  const site = new Hono()
  site.route(app.auth.basePath, app.auth.app)
  // Only for people who are signed in: everybody else is answered with a problem document.
  site.get('/api/greeting', app.auth.requireUser({ renew: true }), (c) =>
    c.json({ greeting: `Hello, ${c.var.user.displayName}` }),
  )
  site.all('*', async (c) => pages(c.req.raw, c.env))
  return createAdaptorServer(site)
}
