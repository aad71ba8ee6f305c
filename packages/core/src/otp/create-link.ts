import type { Context } from '../context.ts'
import { hashToken } from '../crypto/keys.ts'
import { randomToken } from '../crypto/random.ts'
import type { CodeRecord } from '../ports/entities.ts'

/** What a link is for. */
export interface LinkRequest {
  readonly purpose: string
  readonly subject: string
  readonly userId: string | null
  readonly payload: CodeRecord['payload']
  readonly lifetimeMinutes: number
}

/** A token of 256 random bits for a mail, and the row that its hash finds. Writes nothing. */
export function createLink(
  context: Context,
  request: LinkRequest,
): { readonly token: string; readonly record: CodeRecord } {
  const token = randomToken(context.random)
  const now = context.clock.now()
  const record: CodeRecord = {
    id: context.ids.next(),
    purpose: request.purpose,
    subject: request.subject,
    userId: request.userId,
    secretHash: hashToken(context.keys, request.purpose, token)[0],
    attemptsLeft: 1,
    payload: request.payload,
    expiresAt: new Date(now.getTime() + request.lifetimeMinutes * 60_000),
    createdAt: now,
  }
  return { token, record }
}
