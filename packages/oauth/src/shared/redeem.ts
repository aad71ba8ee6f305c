import { OAuthProviderError } from '@mindmesh/auth/ports'
import {
  ArcticFetchError,
  OAuth2RequestError,
  UnexpectedErrorResponseBodyError,
  UnexpectedResponseError,
  type OAuth2Tokens,
} from 'arctic'

/** The tokens of a request that is under way, or why there are none. */
export async function redeem(request: Promise<OAuth2Tokens>): Promise<OAuth2Tokens> {
  let tokens: OAuth2Tokens
  try {
    tokens = await request
  } catch (error) {
    throw toProviderError(error)
  }
  // GitHub refuses with status 200.
  if ('error' in tokens.data) throw new OAuthProviderError('refused')
  return tokens
}

/** The access token, which some providers ask for when they are asked about the person. */
export function accessTokenOf(tokens: OAuth2Tokens): string {
  try {
    return tokens.accessToken()
  } catch {
    throw new OAuthProviderError('malformed')
  }
}

/** Whether a status says that the provider is in trouble, not we. */
export function isTrouble(status: number): boolean {
  return status === 429 || status >= 500
}

function toProviderError(error: unknown): OAuthProviderError {
  // The error's code (`invalid_grant`, `invalid_client` …) is in the cause, for whoever runs the app.
  if (error instanceof OAuth2RequestError)
    return new OAuthProviderError('refused', { cause: error })
  if (error instanceof ArcticFetchError) {
    return new OAuthProviderError('unavailable', { cause: error.cause })
  }
  const isTroubled =
    (error instanceof UnexpectedResponseError ||
      error instanceof UnexpectedErrorResponseBodyError) &&
    isTrouble(error.status)
  // No cause: such an error holds the answer's body.
  return new OAuthProviderError(isTroubled ? 'unavailable' : 'malformed')
}
