import { OAuthProviderError } from '../errors.ts'
import { parseEmail, parseText, type EmailAddress } from '../input.ts'
import type { AccountIdentity } from '../ports/store.ts'
import type { OAuthIdentity, OAuthProvider } from '../ports/oauth.ts'

/** An identity as the flows see it: checked and bounded. */
export interface ProviderIdentity extends AccountIdentity {
  /** What the provider calls the person's address, verified or not. */
  readonly email: string | null
  /** The address, only where the provider says that the person has proven it. */
  readonly verifiedEmail: EmailAddress | null
  /** The identity as the provider gave it, for the app's own columns. */
  readonly given: OAuthIdentity
}

/** Takes apart what a provider gave. An address that is none counts as no address; a subject must be one. */
export function readIdentity(provider: OAuthProvider, given: OAuthIdentity): ProviderIdentity {
  const address = orNull(() => parseEmail(given.email))
  const subject = orNull(() => parseText(given.subject, 'subject', 255))
  if (subject === null) throw new OAuthProviderError('malformed')
  // Anything but `true`, a text that says so included, is not a yes: providers may be written without types.
  const isVerified: unknown = given.emailVerified
  return {
    provider: provider.id,
    subject,
    email: address?.display ?? null,
    verifiedEmail: isVerified === true ? address : null,
    given,
  }
}

function orNull<Value>(parse: () => Value): Value | null {
  try {
    return parse()
  } catch {
    return null
  }
}
