import type { Context } from '../context.ts'
import type { Hit } from '../ports/store.ts'
import { refund } from '../rate-limit/count.ts'

/**
 * Whether a password fits. Where there is none to compare with, a decoy costs the same. What was counted beforehand
 * is given back where nothing came to be compared (`busy`): otherwise a storm of sign-ins would lock out people who
 * try again as they were told.
 */
export async function verifyCounted(
  context: Context,
  input: {
    readonly passwordHash: string | null
    readonly password: string
    readonly hits: readonly Hit[]
  },
): Promise<boolean> {
  const hash = input.passwordHash ?? context.hasher.decoyHash()
  try {
    return (await context.hasher.verify(hash, input.password)) && input.passwordHash !== null
  } catch (error) {
    await refund(
      context,
      input.hits.map((hit) => hit.key),
    )
    throw error
  }
}
