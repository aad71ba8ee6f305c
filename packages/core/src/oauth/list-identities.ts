import type { Context } from '../context.ts'
import { parseId } from '../input.ts'
import type { AccountRecord } from '../ports/entities.ts'

/** An identity at a provider as its owner sees it. */
export interface LinkedIdentity {
  /** The provider's id. */
  readonly provider: string
  readonly subject: string
  /** The address at the provider when it was linked; it need not be the account's. */
  readonly email: string | null
  readonly linkedAt: Date
}

/** The identities that somebody can sign in with, oldest first. */
export async function listIdentities(
  context: Context,
  userId: string,
): Promise<readonly LinkedIdentity[]> {
  const accounts = await context.store.accounts.listByUser(parseId(userId, 'userId'))
  return toLinkedIdentities(accounts)
}

/** Oldest first; those that were linked at the same moment, which a store gives in any order, by their names. */
export function toLinkedIdentities(accounts: readonly AccountRecord[]): readonly LinkedIdentity[] {
  return accounts.map(toLinkedIdentity).toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
}

function orderOf({ linkedAt, provider, subject }: LinkedIdentity): string {
  return `${linkedAt.toISOString()} ${provider} ${subject}`
}

/** Without the person's id. */
export function toLinkedIdentity(account: AccountRecord): LinkedIdentity {
  const { provider, subject, email, createdAt } = account
  return { provider, subject, email, linkedAt: createdAt }
}
