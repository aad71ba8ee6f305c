import type { Context } from '../context.ts'
import { seal, unseal } from '../crypto/seal.ts'
import type { OutboxMail } from '../ports/entities.ts'
import type { MailData, MailTemplate } from './templates.ts'

/** A mail before it is sealed. */
export interface MailDraft<Name extends MailTemplate = MailTemplate> {
  /** `null`: a decoy, equal work for an address that has no account; it is dropped when its turn comes. */
  readonly to: string | null
  readonly userId: string | null
  readonly template: Name
  readonly data: MailData[Name]
  /** After this the mail is pointless; `null`: no end. */
  readonly expiresAt: Date | null
}

/** What a sealed payload holds. */
export interface MailPayload {
  readonly to: string | null
  readonly userId: string | null
  readonly locale: string
  readonly data: unknown
}

/** A mail for the outbox: recipient and data are sealed and open only in its own row. */
export function composeMail<Name extends MailTemplate>(
  context: Context,
  draft: MailDraft<Name>,
): OutboxMail {
  const id = context.ids.next()
  const payload: MailPayload = {
    to: draft.to,
    userId: draft.userId,
    locale: context.request.locale,
    data: draft.data,
  }
  const binding = bindingOf(id, draft.template)
  return {
    id,
    template: draft.template,
    sealedPayload: seal(
      context.keys.derived[0].outbox,
      context.random,
      binding,
      JSON.stringify(payload),
    ),
    expiresAt: draft.expiresAt,
    createdAt: context.clock.now(),
  }
}

/** Opens a mail of the outbox, or `null` where no key fits or the row was changed. */
export function openMail(
  keys: Context['keys'],
  mail: Pick<OutboxMail, 'id' | 'template' | 'sealedPayload'>,
): MailPayload | null {
  const outboxKeys = keys.derived.map((k) => k.outbox)
  const text = unseal(outboxKeys, bindingOf(mail.id, mail.template), mail.sealedPayload)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what opens was sealed by `composeMail`
  return text === null ? null : (JSON.parse(text) as MailPayload)
}

/** The app's page with the token, or `null` where the app has named none. */
export function linkTo(page: string | undefined, token: string): string | null {
  if (page === undefined) return null
  const url = new URL(page)
  url.searchParams.set('token', token)
  return url.href
}

function bindingOf(id: string, template: string): string {
  return `${id}|${template}`
}
