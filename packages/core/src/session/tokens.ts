import type { Context } from '../context.ts'
import { signAccessToken } from '../crypto/access-token.ts'
import { refreshTokenOf } from '../crypto/refresh-token.ts'
import type { SessionRecord, User } from '../ports/entities.ts'

/** What a client keeps. */
export interface Tokens {
  /** A JWT, 15 minutes by default. */
  readonly accessToken: string
  /** Opaque, 128 characters. */
  readonly refreshToken: string
}

/** A fresh access token and the refresh token of this generation of a session. */
export function issueTokens(
  context: Context,
  session: Pick<SessionRecord, 'id' | 'refreshSalt'>,
  generation: number,
  user: User,
): Tokens {
  const iat = Math.floor(context.clock.now().getTime() / 1000)
  const accessToken = signAccessToken(context.keys.access[0], {
    userId: user.id,
    sessionId: session.id,
    email: user.email,
    sub: user.id,
    iss: context.config.issuer,
    aud: context.config.audience,
    iat,
    exp: iat + context.config.accessTokenMinutes * 60,
    jti: context.ids.next(),
  })
  return { accessToken, refreshToken: refreshTokenOf(context.keys, session, generation) }
}
