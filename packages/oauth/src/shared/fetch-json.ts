import { OAuthProviderError } from '@mindmesh/auth/ports'
import { isTrouble } from './redeem.ts'

/** Asks a provider about the person whose access token this is. The token goes nowhere else: redirects are refused. */
export async function fetchJson(
  url: string | URL,
  request: { readonly accessToken: string; readonly signal: AbortSignal },
): Promise<unknown> {
  const response = await send(url, request)
  if (!response.ok) {
    await response.body?.cancel()
    throw new OAuthProviderError(isTrouble(response.status) ? 'unavailable' : 'refused')
  }
  try {
    return await response.json()
  } catch (error) {
    throw failureOf(request.signal, 'malformed', error)
  }
}

async function send(
  url: string | URL,
  { accessToken, signal }: { readonly accessToken: string; readonly signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${accessToken}`,
        'User-Agent': 'mindmesh-auth',
      },
      redirect: 'error',
      signal,
    })
  } catch (error) {
    throw failureOf(signal, 'unavailable', error)
  }
}

function failureOf(
  signal: AbortSignal,
  reason: 'unavailable' | 'malformed',
  cause: unknown,
): OAuthProviderError {
  return new OAuthProviderError(signal.aborted ? 'timeout' : reason, { cause })
}
