import type { Context } from '../context.ts'
import { parseId } from '../input.ts'
import type { AuthMethod, SessionRecord } from '../ports/entities.ts'
import { deviceLabel } from './device.ts'

/** A session as its owner sees it. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** For example `Firefox on Linux`. */
  readonly device: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly authMethods: readonly AuthMethod[]
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  /** When the person last proved who they are in it. */
  readonly authenticatedAt: Date
  readonly revokedAt: Date | null
}

/** The live sessions of a person, newest first. */
export async function listSessions(context: Context, userId: string): Promise<readonly Session[]> {
  const now = context.clock.now()
  const idleSince = now.getTime() - context.config.sessionIdleHours * 3_600_000
  const sessions = await context.store.sessions.listLive(parseId(userId, 'userId'), now)
  return sessions.filter((s) => s.lastUsedAt.getTime() > idleSince).map(toSession)
}

/** Without what refresh tokens are made from. */
export function toSession(record: SessionRecord): Session {
  return {
    id: record.id,
    userId: record.userId,
    device: deviceLabel(record.userAgent),
    ipAddress: record.ipAddress,
    userAgent: record.userAgent,
    authMethods: record.authMethods,
    createdAt: record.createdAt,
    lastUsedAt: record.lastUsedAt,
    expiresAt: record.expiresAt,
    authenticatedAt: record.authenticatedAt,
    revokedAt: record.revokedAt,
  }
}
