import type { Config } from '../config.ts'
import { AuthError } from '../errors.ts'
import type { SessionRecord, User } from '../ports/entities.ts'

/** Why a session does not count, or `live`. */
export type SessionState = 'live' | 'account_blocked' | 'session_revoked' | 'session_expired'

/** Decides from a session and its person; reads nothing. */
export function sessionState(
  session: SessionRecord,
  user: User,
  config: Pick<Config, 'sessionIdleHours'>,
  now: Date,
): SessionState {
  if (user.blockedAt !== null) return 'account_blocked'
  if (session.revokedAt !== null) return 'session_revoked'
  const idleEnd = session.lastUsedAt.getTime() + config.sessionIdleHours * 3_600_000
  return now >= session.expiresAt || now.getTime() >= idleEnd ? 'session_expired' : 'live'
}

/** Throws the error of a session that does not count. */
export function assertLive(state: SessionState): void {
  if (state !== 'live') throw new AuthError(state)
}
