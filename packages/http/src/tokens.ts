import type { MindmeshApi, Tokens } from '@mindmesh/auth'
import * as v from 'valibot'
import type { AuthCookies } from './session/auth-cookies.ts'
import type { Mode } from './session/identify.ts'

/** What a client without cookies keeps. */
export const issuedTokensSchema = v.object({
  accessToken: v.string(),
  refreshToken: v.string(),
  expiresInSeconds: v.pipe(v.number(), v.description('How long the access token is valid.')),
})

/** What a client without cookies keeps. */
export type IssuedTokens = v.InferOutput<typeof issuedTokensSchema>

/** How a sign-in asks for its tokens. */
export const modeSchema = v.optional(
  v.pipe(
    v.picklist(['cookie', 'token']),
    v.description('cookie: for browsers. token: the answer holds the tokens.'),
  ),
  'cookie',
)

/**
 * Hands tokens out the way the client asked for: into cookies, and then nothing of them is in the answer, or into
 * the answer, and then no cookie is set.
 */
export async function handOut(
  call: { readonly api: MindmeshApi; readonly mode: Mode; readonly cookies: AuthCookies },
  { accessToken, refreshToken }: Tokens,
): Promise<IssuedTokens | null> {
  if (call.mode === 'cookie') {
    call.cookies.keepTokens({ accessToken, refreshToken })
    return null
  }
  const { iat, exp } = await call.api.auth.verifyAccessToken(accessToken)
  return { accessToken, refreshToken, expiresInSeconds: exp - iat }
}
