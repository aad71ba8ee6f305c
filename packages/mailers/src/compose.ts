import { MailerError, type MailMessage } from '@mindmesh/auth/ports'
import { oneLine, parseAddress, type Mailbox } from './mail-address.ts'

/** A mail in the form that nodemailer takes. */
export interface ComposedMail {
  from: Mailbox
  to: Mailbox
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  xMailer: false
  disableFileAccess: true
  disableUrlAccess: true
}

/**
 * What is handed to nodemailer for one message: nothing in it can add a header or a second recipient. Throws a
 * permanent `MailerError` where the recipient is not exactly one address.
 */
export function composeMail(from: Mailbox, message: MailMessage): ComposedMail {
  return {
    from: { ...from },
    // As an object, so that nothing in it is read as a list or a header.
    to: { name: '', address: requireAddress(message.to) },
    subject: oneLine(message.subject),
    text: message.text,
    html: message.html,
    // RFC 3834 §5: no out-of-office answers to these.
    headers: { 'Auto-Submitted': 'auto-generated' },
    // Tells the world no version numbers.
    xMailer: false,
    // Whatever a template gives is content, never the name of a file or a page to send.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** The recipient as exactly one address. Throws a permanent `MailerError` where it is anything else. */
export function requireAddress(to: string): string {
  const address = parseAddress(to)
  if (address === null) throw new MailerError('refused_recipient', { permanent: true })
  return address
}
