import type { RefreshAnswer } from '../routes/refresh.ts'
import { AuthClientError, errorOf } from './auth-client-error.ts'
import type { AuthClientOptions, ClientMode } from './client-options.ts'
import { keepTokens, type StoredTokens, type TokenStorage } from './token-storage.ts'

/** What a client works with. */
export interface ClientParts {
  readonly baseUrl: string
  readonly mode: ClientMode
  readonly fetch: NonNullable<AuthClientOptions['fetch']>
  readonly storage: TokenStorage
  readonly apiOrigins: readonly string[]
  readonly onSessionEnd: NonNullable<AuthClientOptions['onSessionEnd']>
}

/** Refusals of `refresh` after which only signing in helps. Everything else, such as a lost connection, may pass. */
const OVER: readonly string[] = [
  'not_signed_in',
  'token_invalid',
  'session_revoked',
  'session_expired',
  'account_blocked',
]

/** Whether an error says that the session is over for good. */
export function sessionIsOver(error: unknown): boolean {
  return error instanceof AuthClientError && OVER.includes(error.code)
}

/**
 * Renews the session, once however many calls ask for it at the same time; all of them wait for the one answer.
 * `shown` is what the refused request showed. Rejects with an `AuthClientError`; where the session is over the
 * stored tokens are gone by then.
 */
export function createRenewal(parts: ClientParts): (shown: StoredTokens | null) => Promise<void> {
  let flight: Promise<void> | null = null
  return async (shown) => {
    flight ??= renew(parts, shown).finally(() => {
      flight = null
    })
    return flight
  }
}

async function renew(parts: ClientParts, shown: StoredTokens | null): Promise<void> {
  const { mode, storage } = parts
  const stored = mode === 'token' ? await storage.load() : null
  // Another call, or another process on the same storage, was faster.
  if (stored !== null && stored.accessToken !== shown?.accessToken) return
  if (mode === 'token' && stored === null) throw await end(parts, notSignedIn())
  const response = await askForTokens(parts, stored)
  if (response.ok) return keep(parts, stored, response)
  const error = await errorOf(response)
  if (!sessionIsOver(error)) throw error
  if (await wasReplaced(parts, stored)) return
  throw await end(parts, error)
}

async function askForTokens(parts: ClientParts, stored: StoredTokens | null): Promise<Response> {
  const body = stored === null ? {} : { mode: 'token', refreshToken: stored.refreshToken }
  return parts.fetch(`${parts.baseUrl}/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: parts.mode === 'cookie' ? 'include' : 'omit',
  })
}

/** Unless somebody signed out or in while the answer was on its way: then it is not theirs. */
async function keep(
  parts: ClientParts,
  used: StoredTokens | null,
  response: Response,
): Promise<void> {
  if (used === null || (await wasReplaced(parts, used))) return
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a 200 of our own route
  const { tokens } = (await response.json()) as RefreshAnswer
  await keepTokens(parts.storage, tokens)
}

async function wasReplaced({ storage }: ClientParts, used: StoredTokens | null): Promise<boolean> {
  if (used === null) return false
  return (await storage.load())?.refreshToken !== used.refreshToken
}

async function end(parts: ClientParts, error: AuthClientError): Promise<AuthClientError> {
  if (parts.mode === 'token') await parts.storage.save(null)
  parts.onSessionEnd(error.code)
  return error
}

function notSignedIn(): AuthClientError {
  return new AuthClientError(401, { code: 'not_signed_in', detail: 'Please sign in.' })
}
