import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import type { AppModel, User } from '../ports/entities.ts'
import { accountOf, linkEffects } from './link-effects.ts'
import type { ProviderIdentity } from './provider-identity.ts'
import { registerIdentity } from './register-identity.ts'

/** Somebody who lost a race looks again and finds what the winner made. */
const MAX_ROUNDS = 3

/** The account of an identity. */
export interface ResolvedAccount<App extends AppModel> {
  readonly user: App['user']
  readonly isNewUser: boolean
}

/**
 * The account that an identity signs in to, found, made or taken over by these rules; `null` where the person has to
 * prove an account first.
 *
 * - It has the identity: this account.
 * - The provider does not vouch for the address: `null`, whether or not an account has it, so that nobody learns.
 * - Nobody has the address: a new account.
 * - A verified account has it: the identity is linked.
 * - An unverified account has it: whoever made that never proved the address, and the person at hand has. It becomes
 *   theirs, without its password and its sessions (pre-hijacking, Sudhodanan and Paverd 2022).
 */
export async function resolveAccount<App extends AppModel>(
  context: Context<App>,
  identity: ProviderIdentity,
): Promise<ResolvedAccount<App> | null> {
  const { provider, subject, verifiedEmail } = identity
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const known = await context.store.accounts.findUser({ provider, subject })
    if (known !== null) return { user: known, isNewUser: false }
    if (verifiedEmail === null) return null
    const owner = await context.store.users.findByEmail(verifiedEmail.canonical)
    if (owner === null) {
      const made = await registerIdentity(context, identity, verifiedEmail)
      if (made !== 'taken') return { user: made, isNewUser: true }
    } else {
      // The gate refuses a blocked account; nothing is linked to it.
      if (owner.blockedAt !== null) return { user: owner, isNewUser: false }
      if (owner.emailVerifiedAt !== null) await linkTo(context, owner, identity)
      else if (!(await claim(context, owner, identity))) return null
    }
  }
  // Nobody has the address and still it is not free: it is kept for the one who can take an address change back.
  const metadata = { provider, reason: 'email_taken' }
  await context.store.events.append([createEvent(context, 'OAUTH_FAILED', { metadata })])
  throw new AuthError('email_taken')
}

async function linkTo(context: Context, owner: User, identity: ProviderIdentity): Promise<void> {
  const account = accountOf(context, owner.id, identity)
  const outcome = await context.store.accounts.link(
    { account, expected: { email: owner.email, passwordVersion: owner.passwordVersion } },
    linkEffects(context, owner, identity, 'verified_email'),
  )
  if (outcome === 'linked') context.delivery.wake()
}

/** False where somebody has another identity on this account: it would stay a way in for them. */
async function claim(context: Context, owner: User, identity: ProviderIdentity): Promise<boolean> {
  const others = await context.store.accounts.listByUser(owner.id)
  if (others.length > 0) return false
  const outcome = await context.store.accounts.claim(
    {
      account: accountOf(context, owner.id, identity),
      email: owner.email,
      at: context.clock.now(),
      reason: 'account_claimed',
    },
    linkEffects(context, owner, identity, 'claim'),
  )
  if (outcome === 'claimed') context.delivery.wake()
  return true
}
