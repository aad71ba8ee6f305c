import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseEmail, parseObject, parsePassword, type EmailAddress } from '../input.ts'
import { composeMail } from '../mail/compose.ts'
import { assertAcceptablePassword } from '../password/password-policy.ts'
import type { AppModel, NewUser } from '../ports/entities.ts'
import { countOrThrow, refund } from '../rate-limit/count.ts'
import { ipHits, limitHit } from '../rate-limit/limit-keys.ts'
import { undoReservation } from '../user/undo-reservation.ts'

/** What `register` is given. */
export interface RegisterInput<App extends AppModel> {
  readonly email: string
  readonly password: string
  readonly profile?: App['profile'] | undefined
}

/**
 * Makes an account and gives its user. Throws `email_taken` (the owner of the address is told by mail),
 * `invalid_input` for the address, the password or the profile, `rate_limited` and `busy`.
 */
export async function register<App extends AppModel>(
  context: Context<App>,
  input: RegisterInput<App>,
): Promise<App['user']> {
  const email = parseEmail(input.email)
  const password = parsePassword(input.password)
  const profile = parseObject<App['profile']>(input.profile, 'profile')
  await assertAcceptablePassword(context, { password, email: email.canonical, field: 'password' })
  // Whoever is refused a password may try another: only what costs a hash counts, a taken address like a free one.
  const passwordHash = await hashCounted(context, password)
  const user = newUser(context, email, passwordHash)
  const event = createEvent(context, 'REGISTRATION_SUCCESS', { userId: user.id })
  const reservation = undoReservation(context, email.canonical)
  const result = await context.store.users.register(
    { user, profile, account: null, reservation },
    { events: [event] },
  )
  if (result.status === 'registered') return result.user
  await tellOwner(context, email.canonical)
  throw new AuthError('email_taken')
}

/** What was counted is given back where nothing came to be hashed (`busy`): people try again, as they were told. */
async function hashCounted(context: Context, password: string): Promise<string> {
  const hits = ipHits(context, 'registerPerIp')
  if (hits.length === 0) return context.hasher.hash(password)
  await countOrThrow(context, hits)
  try {
    return await context.hasher.hash(password)
  } catch (error) {
    await refund(
      context,
      hits.map((hit) => hit.key),
    )
    throw error
  }
}

function newUser(context: Context, email: EmailAddress, passwordHash: string): NewUser {
  return {
    id: context.ids.next(),
    email: email.canonical,
    displayEmail: email.display,
    emailVerifiedAt: null,
    passwordHash,
    createdAt: context.clock.now(),
  }
}

/** Whoever owns the address learns that somebody tried, but no more often than the limit lets a stranger cause. */
async function tellOwner(context: Context, email: string): Promise<void> {
  const owner = await context.store.users.findByEmail(email)
  const counted = await context.rateLimits.hit({
    hits: [limitHit(context, 'takenAddressNotice', email)],
    refunds: [],
    now: context.clock.now(),
  })
  const isTold = owner !== null && counted.status === 'allowed'
  const mail = composeMail(context, {
    to: isTold ? owner.displayEmail : null,
    userId: owner?.id ?? null,
    template: 'registration_attempt',
    data: {},
    expiresAt: null,
  })
  const metadata = { reason: 'email_taken' }
  const event = createEvent(context, 'REGISTRATION_FAILED', { userId: owner?.id ?? null, metadata })
  await context.store.events.append([event], isTold ? [mail] : [])
  context.delivery.wake()
}
