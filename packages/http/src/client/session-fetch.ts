import type { AuthClientOptions } from './client-options.ts'
import { createRenewal, type ClientParts } from './session-renewal.ts'
import type { StoredTokens } from './token-storage.ts'

/** Refusals that a new access token heals. */
const RENEWABLE: readonly string[] = ['token_expired', 'token_invalid']

/**
 * A `fetch` that shows the session: by cookies, or by a bearer token. Where the access token has run out it renews
 * the session and sends the request again, once. It shows the session to nobody but the origins that it belongs to.
 */
export function createSessionFetch(parts: ClientParts): NonNullable<AuthClientOptions['fetch']> {
  const renew = createRenewal(parts)
  return async (input, init = {}) => {
    assertOwn(parts, input)
    const again = input instanceof Request ? input.clone() : input
    const shown = await load(parts)
    const response = await send(parts, input, init, shown)
    if (init.body instanceof ReadableStream || !(await isRenewable(response))) return response
    await renew(shown)
    return send(parts, again, init, await load(parts))
  }
}

async function load({ mode, storage }: ClientParts): Promise<StoredTokens | null> {
  return mode === 'token' ? storage.load() : null
}

async function send(
  parts: ClientParts,
  input: string | URL | Request,
  init: RequestInit,
  shown: StoredTokens | null,
): Promise<Response> {
  const given = init.headers ?? (input instanceof Request ? input.headers : undefined)
  const headers = new Headers(given)
  if (shown !== null) headers.set('authorization', `Bearer ${shown.accessToken}`)
  const credentials = parts.mode === 'cookie' ? 'include' : 'omit'
  return parts.fetch(input, { ...init, headers, credentials })
}

async function isRenewable(response: Response): Promise<boolean> {
  if (response.status !== 401) return false
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) return false
  return typeof problem.code === 'string' && RENEWABLE.includes(problem.code)
}

function assertOwn({ baseUrl, apiOrigins }: ClientParts, input: string | URL | Request): void {
  // A page's own paths have no origin in them; outside a page every URL is absolute.
  const home = new URL(baseUrl, pageUrl())
  const { origin } = new URL(input instanceof Request ? input.url : input, home)
  if (origin === home.origin || apiOrigins.includes(origin)) return
  throw new TypeError(`The session is not shown to ${origin}: it is none of apiOrigins.`)
}

/** In a page its own address, else nothing. */
function pageUrl(): string | undefined {
  const location: unknown = Reflect.get(globalThis, 'location')
  const isPage = typeof location === 'object' && location !== null && 'href' in location
  return isPage && typeof location.href === 'string' ? location.href : undefined
}
