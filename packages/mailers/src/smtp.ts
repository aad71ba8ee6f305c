import { MailerError, type Mailer, type MailMessage } from '@mindmesh/auth/ports'
import { composeMail } from './compose.ts'
import { parseSmtpOptions, type SmtpMailerOptions } from './smtp-config.ts'
import { toMailerError } from './smtp-errors.ts'
import { smtpTransportOptions, type SmtpTransportOptions } from './smtp-transport.ts'

export type { SmtpMailerOptions } from './smtp-config.ts'

/** A mailer on SMTP that can also be asked whether its settings work. */
export interface SmtpMailer extends Mailer {
  /** Resolves once the server has taken the mail. Rejects with a `MailerError`. */
  send(message: MailMessage): Promise<void>
  /** Connects and logs in without sending anything, so that a wrong setting shows. Rejects with a `MailerError`. */
  verify(): Promise<void>
  /** Waits for what is under way, then ends every connection. What comes later is refused. */
  close(): Promise<void>
}

/**
 * Sends through an SMTP server (RFC 5321), over pooled connections that are opened with the first mail. TLS is
 * required: from the start on port 465, by STARTTLS elsewhere (RFC 8314). Settings that are not given come from
 * SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS and SMTP_FROM. Throws one `ConfigError` for all that is wrong; a mail
 * that could not be handed over rejects with a `MailerError`, whose message names no address and no secret.
 */
export function smtpMailer(options: SmtpMailerOptions = {}): SmtpMailer {
  const config = parseSmtpOptions(options)
  const transportOptions = smtpTransportOptions(config)
  let transport: ReturnType<typeof openTransport> | undefined
  const underWay = new Set<Promise<void>>()
  let isClosed = false

  const inTime = async (work: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    if (isClosed) throw new MailerError('connection')
    const signal = AbortSignal.timeout(config.totalTimeoutSeconds * 1000)
    const running = settled(work(signal))
    underWay.add(running)
    try {
      await running
    } finally {
      underWay.delete(running)
    }
  }

  return {
    async send(message) {
      const mail = composeMail(config.from, message)
      await inTime(async (signal) => {
        transport ??= openTransport(transportOptions)
        await (await transport).sendMail({ ...mail, signal })
      })
    },
    async verify() {
      await inTime(async (signal) => {
        const { verifySmtp } = await import('./smtp-verify.ts')
        await verifySmtp(transportOptions, signal)
      })
    },
    async close() {
      isClosed = true
      await Promise.allSettled(underWay)
      const opened = await transport
      opened?.close({ force: true })
    },
  }
}

/** Loads nodemailer with the first mail: loading it takes as long as loading the core. */
async function openTransport(options: SmtpTransportOptions) {
  const { createTransport } = await import('nodemailer')
  return createTransport(options)
}

async function settled(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    throw toMailerError(error)
  }
}
