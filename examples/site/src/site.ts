import { StoreError } from '@mindmesh/auth'
import { openAssets } from './assets.ts'
import { html, type Html } from './html.ts'
import { isAdmin } from './is-admin.ts'
import type { App } from './open-app.ts'
import { refusedForm, type FormState, type Next, type Page } from './page.ts'
import { pages } from './pages.ts'
import { mailFrame } from './pages/inbox.ts'
import { readForm, type Input } from './read-form.ts'
import { Refusal } from './refusal.ts'
import { siteHeaders } from './site-headers.ts'
import { layout, messagePage } from './views/layout.ts'
import { openVisit, type Visit } from './visit.ts'

/** Answers a request to a page. `env` is what the server hands over beside it. */
export type Site = (request: Request, env?: unknown) => Promise<Response>

/** Every page of the site, for any server that speaks `Request` and `Response`. */
export function createSite(app: App): Site {
  const assets = openAssets()
  const headers = siteHeaders(app)
  return async (request, env) => {
    const asset = assets.get(new URL(request.url).pathname)
    const response = asset?.() ?? (await answer(app, request, env))
    for (const [name, value] of headers) {
      if (!response.headers.has(name)) response.headers.set(name, value)
    }
    return response
  }
}

async function answer(app: App, request: Request, env: unknown): Promise<Response> {
  try {
    // Before anybody is asked who they are: the form must come from a page of this site.
    const input = request.method === 'POST' ? await readForm(request) : null
    const visit = await openVisit(app, request, env)
    const response = await visitPage(visit, request.method, input)
    for (const line of visit.cookies.changes) response.headers.append('set-cookie', line)
    return response
  } catch (error) {
    return failure(error)
  }
}

async function visitPage(visit: Visit, method: string, input: Input | null): Promise<Response> {
  const { pathname } = visit.url
  if (pathname === '/inbox/mail') return mailFrame(visit)
  const page = pages.get(pathname)
  if (page === undefined) throw new Refusal(404, 'There is no such page.')
  if (page.access !== 'anyone' && visit.caller === null) {
    return redirect(visit.endedBy === null ? '/sign-in' : `/sign-in?ended=${visit.endedBy}`)
  }
  // Like a page that is not there: nobody need know that it is.
  if (page.access === 'admin' && !isAdmin(visit)) throw new Refusal(404, 'There is no such page.')
  if (input !== null) return submit(visit, page, input)
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, 'This is not done here.')
  if (page.home !== undefined) return redirect(page.home)
  // What a link brings along is filled in, and posted with the form.
  const { token = '', next = '' } = Object.fromEntries(visit.url.searchParams)
  return show(visit, page, { values: { token, next }, refused: null })
}

async function submit(visit: Visit, page: Page, input: Input): Promise<Response> {
  try {
    const next = await take(visit, page, input)
    return typeof next === 'string' ? redirect(next) : next
  } catch (error) {
    const refused = refusedForm(error, page)
    if (refused === null) throw error
    if (refused.code === 'reauthentication_required') {
      return redirect(`/account/confirm?next=${page.home ?? visit.url.pathname}`)
    }
    return show(visit, page, { values: input, refused })
  }
}

async function take(visit: Visit, page: Page, input: Input): Promise<Next> {
  const { caller } = visit
  const taken =
    page.access === 'anyone'
      ? page.submit?.(visit, input)
      : caller && page.submit?.({ ...visit, caller }, input)
  if (taken === undefined || taken === null) throw new Refusal(405, 'This is not done here.')
  return taken
}

async function show(visit: Visit, page: Page, state: FormState): Promise<Response> {
  const title = state.refused === null ? page.title : `Please check: ${page.title}`
  const body = await bodyOf(visit, page, state)
  return htmlResponse(layout(visit, title, body), state.refused?.status ?? 200)
}

async function bodyOf(visit: Visit, page: Page, state: FormState): Promise<Html> {
  if (page.access === 'anyone') return page.show(visit, state)
  const { caller } = visit
  return caller === null ? html`` : page.show({ ...visit, caller }, state)
}

function failure(error: unknown): Response {
  if (error instanceof Refusal) {
    return htmlResponse(messagePage('This did not work', error.message), error.status)
  }
  // The name alone: a message or a stack might hold what a person typed.
  const name = error instanceof Error ? error.name : 'unknown'
  console.error(`A page failed: ${error instanceof StoreError ? error.operation : name}`)
  const page = messagePage('Something went wrong', 'Please try again in a moment.')
  return htmlResponse(page, 500)
}

function htmlResponse(page: Html, status: number): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8' }
  return new Response(page.markup, { status, headers })
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location } })
}
