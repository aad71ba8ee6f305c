import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import type { AppModel } from '../ports/entities.ts'
import { assertLive, sessionState } from '../session/session-state.ts'
import { readAccessToken } from './verify-access-token.ts'

/**
 * The user of an access token whose session is still live: one query. Throws `token_invalid`, `token_expired`,
 * `session_revoked`, `session_expired`, `account_blocked`.
 */
export async function getUserFromToken<App extends AppModel>(
  context: Context<App>,
  accessToken: string,
): Promise<App['user']> {
  const claims = readAccessToken(context, accessToken)
  const found = await context.store.sessions.find(claims.sessionId)
  // A deleted person has neither row.
  if (found === null || found.user.id !== claims.userId) throw new AuthError('session_revoked')
  assertLive(sessionState(found.session, found.user, context.config, context.clock.now()))
  return found.user
}
