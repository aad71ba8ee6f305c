import { MailerError } from '@mindmesh/auth'
import { smtpMailer, type SmtpMailer } from '@mindmesh/auth-mailers/smtp'

/** The mail server of SMTP_HOST. A wrong setting shows at the start, and not with the first person who waits for a code. */
export async function checkedSmtpMailer(): Promise<SmtpMailer> {
  const mailer = smtpMailer()
  try {
    await mailer.verify()
  } catch (error) {
    const reason = error instanceof MailerError ? error.reason : 'unknown'
    console.error(`The mail server of SMTP_HOST does not take our mail yet: ${reason}.`)
  }
  return mailer
}
