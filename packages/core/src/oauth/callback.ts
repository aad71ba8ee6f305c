import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import type { AppModel } from '../ports/entities.ts'
import { completeSignIn, type SignedIn } from '../session/complete-sign-in.ts'
import { completeLink } from './complete-link.ts'
import { consumeState, type OAuthAnswer } from './consume-state.ts'
import { exchangeCode } from './exchange-code.ts'
import { findProvider } from './find-provider.ts'
import type { LinkedIdentity } from './list-identities.ts'
import type { ProviderIdentity } from './provider-identity.ts'
import { resolveAccount } from './resolve-account.ts'

/** What a provider's answer leads to. */
export type OAuthResult<App extends AppModel = AppModel> = {
  /** What `authorize` or `link` was given, checked then. */
  readonly redirectTo: string | null
} & (OAuthLinkRequired | OAuthLinked | OAuthSignIn<App>)

/** The provider does not vouch for the address: the person signs in or registers by other means, then links. */
export interface OAuthLinkRequired {
  readonly linkRequired: true
  readonly provider: string
  /** As the provider gave it: to fill in a form with, and for nothing else. */
  readonly email: string | null
}

/** An identity was added to the account of the person who had asked for it. */
export interface OAuthLinked {
  readonly linkRequired: false
  readonly linked: true
  readonly identity: LinkedIdentity
}

/** A sign-in: a session, or the mailed code to ask for first (`verifyOtp` with this address and challenge). */
export type OAuthSignIn<App extends AppModel> = {
  readonly linkRequired: false
  readonly linked: false
  readonly isNewUser: boolean
} & (
  | { readonly otpRequired: true; readonly challengeId: string; readonly email: string }
  | ({ readonly otpRequired: false } & SignedIn<App>)
)

/**
 * Takes a provider's answer. Throws `oauth_state_invalid`, `oauth_denied`, `oauth_failed`, `provider_unavailable`,
 * `email_taken`, `account_linked_elsewhere`, and as the gate does.
 */
export async function callback<App extends AppModel>(
  context: Context<App>,
  input: { readonly provider: string; readonly answer: Partial<OAuthAnswer> },
): Promise<OAuthResult<App>> {
  const provider = findProvider(context, input.provider)
  const accepted = await consumeState(context, provider, input.answer)
  const identity = await exchangeCode(context, provider, accepted)
  const { redirectTo, link } = accepted.attempt
  if (link === null) return { redirectTo, ...(await signIn(context, identity)) }
  const linked = await completeLink(context, identity, link)
  return { redirectTo, linkRequired: false, linked: true, identity: linked }
}

async function signIn<App extends AppModel>(
  context: Context<App>,
  identity: ProviderIdentity,
): Promise<OAuthLinkRequired | OAuthSignIn<App>> {
  const found = await resolveAccount(context, identity)
  if (found === null) return requireLink(context, identity)
  const { user, isNewUser } = found
  const isAddressVouched = identity.verifiedEmail?.canonical === user.email
  const result = await completeSignIn(context, {
    user,
    methods: ['oauth'],
    refunds: [],
    isAddressVouched,
  })
  const kind = { linkRequired: false, linked: false, isNewUser } as const
  return result.otpRequired ? { ...kind, ...result, email: user.email } : { ...kind, ...result }
}

async function requireLink(
  context: Context,
  { provider, email }: ProviderIdentity,
): Promise<OAuthLinkRequired> {
  const metadata = { provider, reason: 'link_required' }
  await context.store.events.append([createEvent(context, 'OAUTH_FAILED', { metadata })])
  return { linkRequired: true, provider, email }
}
