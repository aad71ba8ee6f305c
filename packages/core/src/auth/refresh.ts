import type { Context } from '../context.ts'
import { parseRefreshToken } from '../crypto/refresh-token.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseToken } from '../input.ts'
import type { SessionRecord, User } from '../ports/entities.ts'
import { assertLive, sessionState } from '../session/session-state.ts'
import { issueTokens, type Tokens } from '../session/tokens.ts'

/** A refresh that lost the race reads again and converges; more rounds than this means something else is wrong. */
const MAX_ROUNDS = 3

/**
 * New tokens for a refresh token. It rotates: the same token again within the grace window gets the very same
 * successor; an older one is a stolen copy (RFC 9700 §4.14.2) and ends the session. Throws `token_invalid`,
 * `session_revoked`, `session_expired`, `account_blocked`.
 */
export async function refresh(context: Context, refreshToken: string): Promise<Tokens> {
  const token = parseRefreshToken(context.keys, parseToken(refreshToken, 'refreshToken'))
  if (token === null) throw new AuthError('token_invalid')
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await context.store.sessions.find(token.sessionId)
    if (found === null || !token.isAuthentic(found.session.refreshSalt)) {
      throw new AuthError('token_invalid')
    }
    const { session, user } = found
    assertLive(sessionState(session, user, context.config, context.clock.now()))
    const tokens = await answer(context, session, user, token.generation)
    if (tokens !== 'stale') return tokens
  }
  throw new AuthError('conflict')
}

async function answer(
  context: Context,
  session: SessionRecord,
  user: User,
  generation: number,
): Promise<Tokens | 'stale'> {
  if (generation === session.refreshGeneration) return rotate(context, session, user)
  if (isRepeat(context, session, generation)) {
    return issueTokens(context, session, session.refreshGeneration, user)
  }
  return endReused(context, session, generation)
}

/** Near the rotation on either side: another server's clock may be a little ahead, one that was set back is not. */
function isRepeat(context: Context, session: SessionRecord, generation: number): boolean {
  const age = context.clock.now().getTime() - session.rotatedAt.getTime()
  const isNear = Math.abs(age) < context.config.refreshGraceSeconds * 1000
  return generation === session.refreshGeneration - 1 && isNear
}

async function rotate(
  context: Context,
  session: SessionRecord,
  user: User,
): Promise<Tokens | 'stale'> {
  const fromGeneration = session.refreshGeneration
  const event = createEvent(context, 'SESSION_REFRESHED', {
    userId: user.id,
    sessionId: session.id,
  })
  const outcome = await context.store.sessions.rotate(
    { sessionId: session.id, fromGeneration, now: context.clock.now() },
    { events: [event] },
  )
  return outcome === 'rotated' ? issueTokens(context, session, fromGeneration + 1, user) : 'stale'
}

async function endReused(
  context: Context,
  session: SessionRecord,
  generation: number,
): Promise<never> {
  const event = createEvent(context, 'REFRESH_TOKEN_REUSED', {
    userId: session.userId,
    sessionId: session.id,
    metadata: { generation, current: session.refreshGeneration },
  })
  const at = context.clock.now()
  await context.store.sessions.revoke(
    { sessionId: session.id, at, reason: 'refresh_token_reused' },
    { events: [event] },
  )
  throw new AuthError('session_revoked')
}
