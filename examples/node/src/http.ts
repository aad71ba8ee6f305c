import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Html } from './html.ts'

const MAX_BODY_BYTES = 16 * 1024

/** A request that is refused before any page sees it. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads a posted form. Throws a {@link Refusal} for another type, a foreign origin or too much. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  assertSameOrigin(request)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new Refusal(415, 'Only forms are taken here.')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Refusal(413, 'This is too much.')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Another site's page must not post in a person's name (OWASP: verifying the origin). */
function assertSameOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const isSame = origin === undefined ? site === 'same-origin' : hostOf(origin) === host
  if (!isSame) throw new Refusal(403, 'This form came from another site.')
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

/** Cookies are for the server only, and never sent along from another site's requests. */
export type CookieChange = {
  readonly name: string
  readonly value: string
  readonly maxAgeSeconds: number
}

/** The cookies of a request. */
export function readCookies(request: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  return new Map(pairs)
}

/**
 * Over https the names carry `__Host-` and the cookies `Secure`. On plain http, which is only right on this very
 * machine, browsers would refuse both.
 */
export function cookieHeader(
  { name, value, maxAgeSeconds }: CookieChange,
  isSecure: boolean,
): string {
  const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`
  return isSecure ? `__Host-${name}=${value}; ${flags}; Secure` : `${name}=${value}; ${flags}`
}

/** What a page answers. */
export type Answer =
  | { readonly kind: 'page'; readonly status?: number; readonly page: Html }
  | { readonly kind: 'redirect'; readonly to: string }

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
  // With `no-referrer` browsers post forms with `Origin: null`, and the check above would refuse every one of them.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** Sends an answer with the cookies that changed. */
export function send(response: ServerResponse, answer: Answer, cookies: readonly string[]): void {
  const headers = { ...HEADERS, ...(cookies.length > 0 ? { 'set-cookie': [...cookies] } : {}) }
  if (answer.kind === 'redirect') {
    response.writeHead(303, { ...headers, location: answer.to }).end()
    return
  }
  response
    .writeHead(answer.status ?? 200, { ...headers, 'content-type': 'text/html; charset=utf-8' })
    .end(answer.page.markup)
}
