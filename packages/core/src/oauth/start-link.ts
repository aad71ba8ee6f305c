import type { Context } from '../context.ts'
import { AuthError, invalidInput } from '../errors.ts'
import { parseId } from '../input.ts'
import { assertFresh, type FreshAuthentication } from '../session/fresh-authentication.ts'
import { findProvider } from './find-provider.ts'
import { issueState, type OAuthStart } from './issue-state.ts'
import { parseRedirectTo } from './redirect-target.ts'

/** What `oauth.link` is given. */
export interface StartLinkInput {
  readonly userId: string
  readonly provider: string
  /** Without one it is refused. */
  readonly proof: FreshAuthentication | undefined
  readonly redirectTo?: string | undefined
}

/**
 * Begins to add an identity to the account of somebody who is freshly authenticated. An account whose address nobody
 * has proven takes none: whoever registered it with another's address would keep a way in after its owner came.
 * Throws `email_not_verified`, `user_not_found`, `rate_limited`, `invalid_input`, and as `assertFresh` does.
 */
export async function startLink(context: Context, input: StartLinkInput): Promise<OAuthStart> {
  const provider = findProvider(context, input.provider)
  const userId = parseId(input.userId, 'userId')
  const redirectTo = parseRedirectTo(input.redirectTo, context.config.redirectOrigins)
  const { proof } = input
  if (proof === undefined) throw invalidInput('proof', 'missing', 'proof must be given.')
  const { passwordVersion } = await assertFresh(context, userId, proof)
  const user = await context.store.users.findById(userId)
  if (user === null) throw new AuthError('user_not_found')
  if (user.emailVerifiedAt === null) throw new AuthError('email_not_verified')
  const sessionId = 'password' in proof ? null : parseId(proof.sessionId, 'sessionId')
  return issueState(context, provider, { redirectTo, link: { userId, sessionId, passwordVersion } })
}
