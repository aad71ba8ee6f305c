import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { composeMail } from '../mail/compose.ts'
import type { AccountRecord, User } from '../ports/entities.ts'
import type { Effects } from '../ports/store.ts'
import { providerName } from './find-provider.ts'
import type { ProviderIdentity } from './provider-identity.ts'

/** How an identity came to an account. */
export type LinkedBy = 'registration' | 'verified_email' | 'claim' | 'owner'

/** The row of an identity. */
export function accountOf(
  context: Context,
  userId: string,
  { provider, subject, email }: ProviderIdentity,
): AccountRecord {
  return { provider, subject, userId, email, createdAt: context.clock.now() }
}

/** What is recorded and mailed when an account that exists gets an identity (ASVS 6.3.7). */
export function linkEffects(
  context: Context,
  user: User,
  { provider }: ProviderIdentity,
  by: Exclude<LinkedBy, 'registration'>,
): Effects {
  const userId = user.id
  const isClaim = by === 'claim'
  const claimed = isClaim
    ? [
        createEvent(context, 'ACCOUNT_CLAIMED', { userId, metadata: { provider } }),
        createEvent(context, 'EMAIL_VERIFIED', { userId }),
      ]
    : []
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId,
    template: 'oauth_linked',
    data: { provider: providerName(context, provider), passwordRemoved: isClaim },
    expiresAt: null,
  })
  const linked = createEvent(context, 'OAUTH_LINKED', { userId, metadata: { provider, by } })
  return { events: [...claimed, linked], mails: [mail] }
}
