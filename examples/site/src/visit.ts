import { AuthError } from '@mindmesh/auth'
import type { Caller } from '@mindmesh/auth-http'
import { AuthClientError, createAuthClient, type ClientOf } from '@mindmesh/auth-http/client'
import { BrowserCookies } from './browser-cookies.ts'
import type { Model } from './database.ts'
import type { App, Routes } from './open-app.ts'

/** One request to a page. Nothing of it is shared with another. */
export interface Visit {
  readonly app: App
  readonly url: URL
  /** The routes as functions, called in this process with the browser's cookies. */
  readonly auth: ClientOf<Routes>
  /** Who is signed in, or `null`. */
  readonly caller: Caller<Model> | null
  /** Why the browser's session does not count any more, such as `account_blocked`; `null` where there is nothing to say. */
  readonly endedBy: string | null
  /** The cookies that changed on the way. */
  readonly cookies: Pick<BrowserCookies, 'changes'>
}

/** A visit by somebody who is signed in. */
export interface UserVisit extends Visit {
  readonly caller: Caller<Model>
}

/** What the browser said that the routes have to know, too. */
const PASSED_ON = ['user-agent', 'accept-language', 'x-forwarded-for']

/**
 * Finds out who asks. The routes are called as if by a page of this site, so a changing request must have been seen
 * to come from one before. `env` is what the server handed over beside the request: the socket tells the address.
 */
export async function openVisit(app: App, request: Request, env: unknown): Promise<Visit> {
  const cookies = new BrowserCookies(request.headers.get('cookie'))
  const headers = (): Headers => {
    const told = PASSED_ON.map((name) => [name, request.headers.get(name)] as const)
    const known = told.filter((entry): entry is [string, string] => entry[1] !== null)
    const { origin } = app.settings
    return new Headers([...known, ['origin', origin], ['cookie', cookies.header]])
  }
  const auth = createAuthClient<Routes>(`${app.settings.origin}/auth`, {
    async fetch(input, init) {
      const call = new Request(input, init)
      for (const [name, value] of headers()) call.headers.set(name, value)
      const response = await app.auth.fetch(call, env)
      cookies.keep(response.headers.getSetCookie())
      return response
    },
  })
  const authenticate = async (): Promise<Caller<Model> | null> =>
    app.auth.authenticate(new Request(app.settings.origin, { headers: headers() }))
  const { caller, endedBy } = await identify(auth, authenticate)
  return { app, url: new URL(request.url), auth, caller, endedBy, cookies }
}

/** An access token that has run out is renewed on the way: no script of the page does it. */
async function identify(
  auth: Visit['auth'],
  authenticate: () => Promise<Caller<Model> | null>,
): Promise<Pick<Visit, 'caller' | 'endedBy'>> {
  try {
    return { caller: await authenticate(), endedBy: null }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
  }
  try {
    await auth.me()
    return { caller: await authenticate(), endedBy: null }
  } catch (error) {
    if (!(error instanceof AuthError || error instanceof AuthClientError)) throw error
    if (error.status >= 500) throw error
    // The session is over: this clears what is left of it in the browser.
    await auth.logout()
    return { caller: null, endedBy: error.code }
  }
}
