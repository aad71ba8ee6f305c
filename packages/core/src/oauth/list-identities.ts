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
  return accounts.map(toLinkedIdentity)
}

/** Without the person's id. */
export function toLinkedIdentity(account: AccountRecord): LinkedIdentity {
  const { provider, subject, email, createdAt } = account
  return { provider, subject, email, linkedAt: createdAt }
}
