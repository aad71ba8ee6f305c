import { MailerError, type Mailer, type MailMessage } from '@mindmesh/auth/ports'
import { createTransport } from 'nodemailer'
import { parseSmtpOptions, type SmtpConfig, type SmtpMailerOptions } from './smtp-config.ts'
import { toMailerError } from './smtp-errors.ts'

export type { SmtpMailerOptions } from './smtp-config.ts'

/** A mailer on SMTP that can also be asked whether its settings work. */
export interface SmtpMailer extends Mailer {
  /** Connects and logs in without sending anything. Rejects with a `MailerError`. */
  verify(): Promise<void>
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
  const transport = createTransport(transportOptions(config))
  let isClosed = false
  return {
    async send(message) {
      if (isClosed) throw new MailerError('connection')
      await sendOne(transport, config, message)
    },
    async verify() {
      try {
        await transport.verify()
      } catch (error) {
        throw toMailerError(error)
      }
    },
    async close() {
      isClosed = true
      transport.close()
    },
  }
}

function transportOptions(config: SmtpConfig) {
  const timeout = config.timeoutSeconds * 1000
  return {
    pool: true as const,
    maxConnections: config.maxConnections,
    host: config.host,
    port: config.port,
    secure: config.port === 465,
    requireTLS: config.port !== 465 && !config.dangerouslyAllowPlaintext,
    ...(config.auth === null ? {} : { auth: config.auth }),
    tls: { minVersion: 'TLSv1.2' as const, ...config.tls },
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    dnsTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

type Transport = ReturnType<typeof createTransport<{ rejected: unknown[] }>>

async function sendOne(
  transport: Pick<Transport, 'sendMail'>,
  config: SmtpConfig,
  { to, subject, text, html }: MailMessage,
): Promise<void> {
  try {
    await transport.sendMail({
      from: config.from,
      // As an object, so that nothing in it is read as a list or a header.
      to: { name: '', address: to },
      subject: subject.replaceAll(/[\r\n]+/g, ' '),
      text,
      html,
      // RFC 3834 §5: no out-of-office answers to these.
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    throw toMailerError(error)
  }
}
