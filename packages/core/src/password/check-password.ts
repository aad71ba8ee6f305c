import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import type { AppModel, AuthEventType } from '../ports/entities.ts'
import { countOrThrow, refund } from '../rate-limit/count.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'
import { verifyCounted } from './verify-counted.ts'

/**
 * Whether somebody who is signed in knows the password, counted like the failures of `login`. Gives the user.
 * Throws `invalid_credentials` (recorded as `failureType`), `rate_limited`, `busy`, `user_not_found`.
 */
export async function checkPassword<App extends AppModel>(
  context: Context<App>,
  input: {
    readonly userId: string
    readonly password: string
    readonly failureType: AuthEventType
  },
): Promise<App['user']> {
  const found = await context.store.users.findCredentials(input.userId)
  if (found === null) throw new AuthError('user_not_found')
  const failure = limitHit(context, 'loginFailures', found.user.email)
  await countOrThrow(context, [failure])
  const { passwordHash } = found
  const { password } = input
  if (await verifyCounted(context, { passwordHash, password, hits: [failure] })) {
    await refund(context, [failure.key])
    return found.user
  }
  const metadata = { reason: 'wrong_password' }
  const event = createEvent(context, input.failureType, { userId: input.userId, metadata })
  await context.store.events.append([event])
  throw new AuthError('invalid_credentials', { message: 'The current password is wrong.' })
}
