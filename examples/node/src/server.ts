import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AuthError, StoreError } from '@mindmesh/auth'
import type { App } from './auth.ts'
import type { Html } from './html.ts'
import { readForm, Refusal, send, type Answer } from './http.ts'
import { EMPTY, type FormState } from './pages/form.ts'
import { layout } from './pages/layout.ts'
import {
  formBody,
  formPages,
  inboxBody,
  messageBody,
  profileBody,
  sentBody,
  welcomeBody,
  type FormPage,
} from './pages/routes.ts'
import { Visit, type SignedInVisitor } from './visit.ts'

/** The site on plain `node:http`. `origin` is where people reach it. */
export function createSite(app: App, origin: string): Server {
  return createServer((request, response) => {
    void handle(app, origin, request, response)
  })
}

async function handle(
  app: App,
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const visit = new Visit(app, request, origin)
  try {
    const visitor = await visit.visitor()
    const answer = await answerTo(app, visit, request, visitor)
    send(response, answer, visit.cookieHeaders)
  } catch (error) {
    send(response, failure(app, error), [])
  }
}

async function answerTo(
  app: App,
  visit: Visit,
  request: IncomingMessage,
  visitor: SignedInVisitor | null,
): Promise<Answer> {
  const path = visit.url.pathname
  const page = Object.hasOwn(formPages, path) ? formPages[path] : undefined
  if (page !== undefined && page.needsUser === true && visitor === null) {
    return { kind: 'redirect', to: '/login' }
  }
  if (page !== undefined && request.method === 'POST') {
    return submit(app, visit, page, await readForm(request), visitor)
  }
  if (request.method !== 'GET') throw new Refusal(405, 'This is not done here.')
  const frame = { signedIn: visitor !== null, hasMailbox: app.mailbox !== null }
  const show = (title: string, body: Html, status = 200): Answer => ({
    kind: 'page',
    status,
    page: layout({ ...frame, title }, body),
  })
  if (page !== undefined) {
    // A link in a mail leads here with its token; only posting the form uses it up.
    const values = { token: visit.url.searchParams.get('token') ?? '' }
    const notice = visit.url.search.slice(1)
    return show(page.title, formBody(path, page, { ...EMPTY, values, notice }))
  }
  if (path === '/' && visitor !== null) return show('Profile', await profileBody(visit, visitor))
  if (path === '/') return show('Welcome', welcomeBody())
  if (path === '/sent') return show('Look into your mail', sentBody(app))
  if (path === '/inbox' && app.mailbox !== null) return show('Inbox', await inboxBody(app.mailbox))
  return show('Not found', messageBody('Not found', 'There is no such page.'), 404)
}

async function submit(
  app: App,
  visit: Visit,
  page: FormPage,
  posted: URLSearchParams,
  visitor: SignedInVisitor | null,
): Promise<Answer> {
  const input = Object.fromEntries(posted)
  try {
    return { kind: 'redirect', to: await page.submit(visit, input, visitor) }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    const state: FormState = { values: input, errorField: fieldOf(error), error: sentence(error) }
    const frame = {
      title: page.title,
      signedIn: visitor !== null,
      hasMailbox: app.mailbox !== null,
    }
    const body = formBody(visit.url.pathname, page, state)
    return { kind: 'page', status: error.status, page: layout(frame, body) }
  }
}

function fieldOf(error: AuthError): string | null {
  if (error.code === 'otp_invalid' || error.code === 'otp_expired') return 'code'
  if (error.code === 'email_taken') return 'email'
  return error.field
}

function sentence(error: AuthError): string {
  const wait =
    error.retryAfterSeconds === null ? '' : ` Try again in ${error.retryAfterSeconds} seconds.`
  const left = error.attemptsLeft === null ? '' : ` Tries left: ${error.attemptsLeft}.`
  return `${error.message}${wait}${left}`
}

function failure(app: App, error: unknown): Answer {
  const frame = { signedIn: false, hasMailbox: app.mailbox !== null }
  if (error instanceof Refusal) {
    const body = messageBody('Refused', error.message)
    return {
      kind: 'page',
      status: error.status,
      page: layout({ ...frame, title: 'Refused' }, body),
    }
  }
  // The name alone: a message or a stack might hold what a person typed.
  console.error(`A page failed: ${error instanceof StoreError ? error.operation : nameOf(error)}`)
  const body = messageBody('Something went wrong', 'Please try again in a moment.')
  return {
    kind: 'page',
    status: 500,
    page: layout({ ...frame, title: 'Something went wrong' }, body),
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
