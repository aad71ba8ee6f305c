import type { AuthEventType, MailTemplate } from '@mindmesh/auth'
import type { StoredRows } from '../../engines/stored-rows.ts'
import { problem, type Invariant } from './invariant.ts'

/** The mails that are written with an event, and the event: one for one. */
const PAIRS: readonly (readonly [readonly MailTemplate[], AuthEventType])[] = [
  [['login_code', 'otp_code'], 'OTP_SENT'],
  [['password_reset'], 'PASSWORD_RESET_REQUESTED'],
  [['password_reset_completed'], 'PASSWORD_RESET_COMPLETED'],
  [['password_changed'], 'PASSWORD_CHANGED'],
  [['email_change'], 'EMAIL_CHANGE_REQUESTED'],
  [['email_changed'], 'EMAIL_CHANGED'],
  [['email_change_undone'], 'EMAIL_CHANGE_UNDONE'],
  [['account_blocked'], 'ACCOUNT_BLOCKED'],
  [['oauth_unlinked'], 'OAUTH_UNLINKED'],
]

/** What holds for the outbox, whatever failed and whenever. */
export const invariantsOfMails: Readonly<Record<string, Invariant>> = {
  'a mail is written with its event': (rows) =>
    PAIRS.flatMap(([templates, type]) => {
      const mails = rows.mails.filter(({ template }) => templates.some((t) => t === template))
      const events = rows.events.filter((event) => event.type === type && hasOwnMail(event))
      const isEven = mails.length === events.length
      return isEven ? [] : [problem(type, `${events.length} events, ${mails.length} mails`)]
    }),

  'a mail waits, was sent or was given up': ({ mails }) =>
    mails
      .filter((mail) => [mail.availableAt, mail.sentAt, mail.failedAt].filter(isSet).length !== 1)
      .map(({ id, template }) => problem(id, `${template} is in no state or in several`)),

  'nothing secret is kept of a mail that is done': ({ mails }) =>
    mails
      .filter(({ availableAt, sealedPayload }) => availableAt === null && sealedPayload !== '')
      .map(({ id }) => problem(id, 'done, and its payload is there')),

  'a mail that was given up is told': ({ mails, events }) =>
    mails
      .filter(({ failedAt }) => failedAt !== null)
      .filter(
        ({ id }) =>
          !events.some(({ type, metadata }) => type === 'MAIL_FAILED' && metadata['mailId'] === id),
      )
      .map(({ id }) => problem(id, 'given up, and no MAIL_FAILED')),
}

/** The mail of a reset names the identities that it took off. */
function hasOwnMail({ type, metadata }: StoredRows['events'][number]): boolean {
  return type !== 'OAUTH_UNLINKED' || metadata['by'] !== 'password_reset'
}

function isSet(value: Date | null): boolean {
  return value !== null
}

/**
 * At least once: every mail that counts as sent was handed over, and none was handed over more often than it was
 * taken from the outbox for. Of an outbox without decoys.
 */
export function mailsLostOrDoubled({ mails }: StoredRows, handedOver: number): readonly string[] {
  const sent = mails.filter(({ sentAt }) => sentAt !== null).length
  const attempts = mails.reduce((sum, mail) => sum + mail.attempts, 0)
  if (sent <= handedOver && handedOver <= attempts) return []
  return [`${sent} mails count as sent, ${handedOver} were handed over in ${attempts} attempts`]
}
