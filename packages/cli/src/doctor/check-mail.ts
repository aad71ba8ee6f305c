import type { SetupInstance } from '../setup/define-setup.ts'
import { fine, type Finding } from './finding.ts'

/** A mail that was due this long ago should have left. */
const OVERDUE_MS = 10 * 60_000

/** By the reason of a `MailerError`. */
const MENDS: Readonly<Record<string, string>> = {
  authentication: 'Look at SMTP_USER and SMTP_PASS; some servers want a password for apps.',
  connection: 'Look at SMTP_HOST and SMTP_PORT, and whether this machine may go out there.',
  timeout: 'Look at SMTP_HOST and SMTP_PORT: many hosts block port 25, and some 587.',
  tls: 'Port 465 speaks TLS from the start, 587 by STARTTLS; a certificate of your own needs the option tls.ca.',
}

/** Whether the mail server lets us in. */
export async function checkMailer(mindmesh: SetupInstance): Promise<Finding> {
  try {
    if (await mindmesh.mail.verify()) return fine('mail', 'the mail server lets us in')
    const message = 'The mailer cannot be asked whether it works.'
    return { check: 'mail', level: 'note', message, mend: null }
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'unknown'
    const message = `The mail server does not let us in: ${reason}.`
    return {
      check: 'mail',
      level: 'error',
      message,
      mend: MENDS[reason] ?? 'Look at the mailer in the set-up file.',
    }
  }
}

/** Whether mail leaves. Needs the tables. */
export async function checkOutbox(mindmesh: SetupInstance): Promise<readonly Finding[]> {
  const { failed, mails } = await mindmesh.mail.status({ limit: 1 })
  const findings: Finding[] = []
  const due = mails[0]?.availableAt ?? null
  if (due !== null && Date.now() - due.getTime() > OVERDUE_MS) {
    findings.push({
      check: 'mail',
      level: 'warning',
      message: `Mail has been due since ${due.toISOString()} and was not sent.`,
      mend: 'Let a worker or cron run: mindmesh mail deliver',
    })
  }
  if (failed > 0) {
    findings.push({
      check: 'mail',
      level: 'warning',
      message: `${failed} mails were given up.`,
      mend: 'See why with: mindmesh mail status',
    })
  }
  return findings
}
