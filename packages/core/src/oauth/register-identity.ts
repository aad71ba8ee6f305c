import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { parseObject, type EmailAddress } from '../input.ts'
import type { AppModel, NewUser } from '../ports/entities.ts'
import { undoReservation } from '../user/undo-reservation.ts'
import { accountOf } from './link-effects.ts'
import type { ProviderIdentity } from './provider-identity.ts'

/**
 * Makes an account for somebody new, with their identity, in one step. It has no password; its address counts as
 * verified. `taken`: somebody has the address or the identity by now, or the address is kept for its owner.
 */
export async function registerIdentity<App extends AppModel>(
  context: Context<App>,
  identity: ProviderIdentity,
  email: EmailAddress,
): Promise<App['user'] | 'taken'> {
  const { provider, given } = identity
  const columns = await context.profileFor?.({ ...given, provider })
  const profile = parseObject<App['profile']>(columns, 'profile')
  const user = newUser(context, email)
  const events = [
    createEvent(context, 'REGISTRATION_SUCCESS', { userId: user.id, metadata: { provider } }),
    createEvent(context, 'OAUTH_LINKED', {
      userId: user.id,
      metadata: { provider, by: 'registration' },
    }),
  ]
  const account = accountOf(context, user.id, identity)
  const reservation = undoReservation(context, email.canonical)
  const result = await context.store.users.register(
    { user, profile, account, reservation },
    { events },
  )
  return result.status === 'registered' ? result.user : 'taken'
}

function newUser(context: Context, email: EmailAddress): NewUser {
  const now = context.clock.now()
  return {
    id: context.ids.next(),
    email: email.canonical,
    displayEmail: email.display,
    emailVerifiedAt: now,
    passwordHash: null,
    createdAt: now,
  }
}
