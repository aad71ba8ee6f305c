import type { Context } from '../context.ts'
import { hashCode } from '../crypto/keys.ts'
import { randomDigits } from '../crypto/random.ts'
import type { AuthEvent, CodeRecord } from '../ports/entities.ts'
import { composeMail, type MailDraft } from '../mail/compose.ts'
import { CODE_DIGITS } from './code-digits.ts'

/** What a code is for, and the mail that carries it. */
export interface CodeRequest {
  readonly purpose: string
  readonly subject: string
  readonly userId: string | null
  /** @default {} */
  readonly payload?: CodeRecord['payload']
  /** `null`: a decoy. */
  readonly to: string | null
  readonly event: AuthEvent
  readonly mail: (code: string, expiresInMinutes: number) => Pick<MailDraft, 'template' | 'data'>
}

/** Makes a code and stores its hash, its event and its mail in one step. Returns the id of its row. */
export async function issueCode(context: Context, request: CodeRequest): Promise<string> {
  const { config } = context
  const code = randomDigits(context.random, CODE_DIGITS)
  const now = context.clock.now()
  const expiresAt = new Date(now.getTime() + config.otpExpiryMinutes * 60_000)
  const id = context.ids.next()
  const record: CodeRecord = {
    id,
    purpose: request.purpose,
    subject: request.subject,
    userId: request.userId,
    secretHash: hashCode(context.keys, id, code)[0],
    attemptsLeft: config.otpAttempts,
    payload: request.payload ?? {},
    expiresAt,
    createdAt: now,
  }
  const mail = composeMail(context, {
    to: request.to,
    userId: request.userId,
    expiresAt,
    ...request.mail(code, config.otpExpiryMinutes),
  })
  await context.store.codes.issue(record, { events: [request.event], mails: [mail] })
  context.delivery.wake()
  return id
}
