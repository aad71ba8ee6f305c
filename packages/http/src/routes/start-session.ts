import type { SignedIn } from '@mindmesh/auth'
import * as v from 'valibot'
import { presentUser, userSchema, type PublicUser } from '../public-user.ts'
import type { Call } from '../route.ts'
import { endCookieSession } from '../session/end-cookie-session.ts'
import type { Setup } from '../setup.ts'
import { handOut, issuedTokensSchema, type IssuedTokens } from '../tokens.ts'

/** What whoever has signed in is told. */
export interface SignedInAnswer<User> {
  readonly user: User
  /** `null` in cookie mode. */
  readonly tokens: IssuedTokens | null
}

/**
 * The answer to a completed sign-in. The session that the browser was in before ends (ASVS 7.2.4); the new one
 * stands already, so that a failure there is only reported.
 */
export async function startSession(
  call: Call<unknown>,
  signedIn: SignedIn,
  { userFields }: Setup,
): Promise<SignedInAnswer<PublicUser>> {
  if (call.mode === 'cookie') {
    await endCookieSession(call.api, call.cookies).catch((error: unknown) => call.report(error))
  }
  const tokens = await handOut(call, signedIn)
  return { user: presentUser(signedIn.user, userFields), tokens }
}

/** The parts of {@link SignedInAnswer} for the OpenAPI document. */
export function signedInEntries({ userFields }: Setup) {
  return { user: userSchema(userFields), tokens: v.nullable(issuedTokensSchema) }
}
