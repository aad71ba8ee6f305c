import type { FreshAuthentication } from '@mindmesh/auth'
import * as v from 'valibot'
import type { UserCall } from '../route.ts'

// Only types are checked here: what makes an address, a password or a code a good one the library decides, and it
// names the same fields.

export const email = v.pipe(v.string(), v.description('An e-mail address.'))
export const code = v.pipe(v.string(), v.description('The digits of the mail.'))
export const linkToken = v.pipe(v.string(), v.description('The token of the link in the mail.'))

export const provider = v.pipe(v.string(), v.description('The id of a provider.'))
export const redirectTo = v.optional(
  v.pipe(v.string(), v.description('A path of the app, or a URL that it allows.')),
)

/** The option of the library, left out where the client left it out. */
export function targetOf(given: string | undefined): { readonly redirectTo?: string } {
  return given === undefined ? {} : { redirectTo: given }
}

/** The password once more, for what asks for a fresh authentication. */
export const freshPassword = v.optional(
  v.pipe(
    v.string(),
    v.description(
      'Needed where the sign-in is more than 15 minutes ago (an option of the library).',
    ),
  ),
)

/** The proof of a fresh authentication: the password if one was given, else the session's own age. */
export function proofOf(
  call: UserCall<{ readonly password?: string | undefined }>,
): FreshAuthentication {
  const { password } = call.body
  return password === undefined ? { sessionId: call.caller.sessionId } : { password }
}
