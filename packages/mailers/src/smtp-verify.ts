import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpTransportOptions } from './smtp-transport.ts'

/**
 * Connects, secures the connection, logs in and leaves. Rejects with nodemailer's error, or with the signal's reason
 * as soon as it is aborted: the pool's own `verify` cannot be stopped, and a server that dribbles its answers would
 * keep it, and the process, for ever.
 */
export async function verifySmtp(
  options: SmtpTransportOptions,
  signal: AbortSignal,
): Promise<void> {
  const connection = new SMTPConnection(options)
  try {
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null): void => (error ? reject(error) : resolve())
      signal.addEventListener('abort', () => reject(signal.reason))
      connection.on('error', settle)
      connection.connect((error) => {
        if (error || options.auth === undefined) settle(error)
        else connection.login({ ...options.auth }, settle)
      })
    })
    connection.quit()
  } finally {
    connection.close()
  }
}
