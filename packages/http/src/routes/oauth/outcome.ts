import type { OAuthResult } from '@mindmesh/auth'
import * as v from 'valibot'
import type { PublicUser } from '../../public-user.ts'
import type { Call } from '../../route.ts'
import type { Setup } from '../../setup.ts'
import { signedInEntries, startSession, type SignedInAnswer } from '../start-session.ts'
import { identitySchema, showIdentity, type ShownIdentity } from './identity.ts'

/** What a provider's answer led to. */
export type OutcomeAnswer<User> = {
  /** What was given at the start, checked then. */
  readonly redirectTo: string | null
} & (
  | ({ readonly outcome: 'signed_in'; readonly isNewUser: boolean } & SignedInAnswer<User>)
  | {
      readonly outcome: 'code_required'
      readonly email: string
      /** `null` in cookie mode. */
      readonly challengeId: string | null
    }
  | {
      readonly outcome: 'link_required'
      readonly provider: string
      /** To fill in a form with, and for nothing else. */
      readonly email: string | null
    }
  | { readonly outcome: 'linked'; readonly identity: ShownIdentity }
)

/** Turns the library's result into the answer: opens the session, or binds what is still owed to the client. */
export async function outcomeOf(
  call: Call<unknown>,
  result: OAuthResult,
  setup: Setup,
): Promise<OutcomeAnswer<PublicUser>> {
  const { redirectTo } = result
  if (result.linkRequired) {
    const { provider, email } = result
    return { redirectTo, outcome: 'link_required', provider, email }
  }
  if (result.linked) {
    return { redirectTo, outcome: 'linked', identity: showIdentity(result.identity) }
  }
  if (!result.otpRequired) {
    const { isNewUser } = result
    const signedIn = await startSession(call, result, setup)
    return { redirectTo, outcome: 'signed_in', isNewUser, ...signedIn }
  }
  const { email, challengeId } = result
  if (call.mode === 'token') return { redirectTo, outcome: 'code_required', email, challengeId }
  call.cookies.keepChallenge({ challengeId, email })
  return { redirectTo, outcome: 'code_required', email, challengeId: null }
}

/** The shape of {@link OutcomeAnswer}, for the OpenAPI document. */
export function outcomeSchema(setup: Setup): v.GenericSchema<unknown, OutcomeAnswer<PublicUser>> {
  const redirectTo = v.nullable(v.string())
  return v.variant('outcome', [
    v.object({
      outcome: v.literal('signed_in'),
      redirectTo,
      isNewUser: v.boolean(),
      ...signedInEntries(setup),
    }),
    v.object({
      outcome: v.literal('code_required'),
      redirectTo,
      email: v.string(),
      challengeId: v.nullable(v.string()),
    }),
    v.object({
      outcome: v.literal('link_required'),
      redirectTo,
      provider: v.string(),
      email: v.nullable(v.string()),
    }),
    v.object({ outcome: v.literal('linked'), redirectTo, identity: identitySchema }),
  ])
}
