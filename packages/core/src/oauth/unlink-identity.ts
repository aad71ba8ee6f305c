import type { Context } from '../context.ts'
import { AuthError, invalidInput } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId, parseText } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import type { AccountRecord, User } from '../ports/entities.ts'
import type { Effects } from '../ports/store.ts'
import { assertFresh, type FreshAuthentication } from '../session/fresh-authentication.ts'
import { providerName } from './find-provider.ts'

/** What `oauth.unlink` is given. */
export interface UnlinkInput {
  readonly userId: string
  readonly provider: string
  /** Needed only where somebody has several identities at this provider. */
  readonly subject?: string | undefined
  /** Whenever the person acts for themselves. */
  readonly proof?: FreshAuthentication | undefined
}

/**
 * Takes an identity off an account and tells the owner; never the last thing that signs them in. Throws
 * `identity_not_found`, `last_way_in`, `user_not_found`, `invalid_input`, and as `assertFresh` does where a proof is
 * given.
 */
export async function unlinkIdentity(context: Context, input: UnlinkInput): Promise<void> {
  const userId = parseId(input.userId, 'userId')
  const provider = parseText(input.provider, 'provider', 40)
  const subject = input.subject === undefined ? null : parseText(input.subject, 'subject', 255)
  if (input.proof !== undefined) await assertFresh(context, userId, input.proof)
  const user = await context.store.users.findById(userId)
  if (user === null) throw new AuthError('user_not_found')
  const account = await findOwn(context, { userId, provider, subject })
  const outcome = await context.store.accounts.unlink(
    { provider, subject: account.subject, userId, at: context.clock.now() },
    unlinkEffects(context, user, provider),
  )
  if (outcome === 'not_found') throw new AuthError('identity_not_found')
  if (outcome === 'last_way_in') throw new AuthError('last_way_in')
  context.delivery.wake()
}

async function findOwn(
  context: Context,
  {
    userId,
    provider,
    subject,
  }: Pick<AccountRecord, 'userId' | 'provider'> & { readonly subject: string | null },
): Promise<AccountRecord> {
  const own = await context.store.accounts.listByUser(userId)
  const [found, ...others] = own.filter(
    (account) => account.provider === provider && (subject === null || account.subject === subject),
  )
  if (found === undefined) throw new AuthError('identity_not_found')
  if (others.length > 0) {
    throw invalidInput('subject', 'ambiguous', 'subject must say which of several identities.')
  }
  return found
}

function unlinkEffects(context: Context, user: User, provider: string): Effects {
  const mail = composeMail(context, {
    to: user.displayEmail,
    userId: user.id,
    template: 'oauth_unlinked',
    data: { provider: providerName(context, provider) },
    expiresAt: null,
  })
  const event = createEvent(context, 'OAUTH_UNLINKED', { userId: user.id, metadata: { provider } })
  return { events: [event], mails: [mail] }
}
