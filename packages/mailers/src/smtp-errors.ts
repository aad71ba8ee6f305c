import { MailerError, type MailerErrorReason } from '@mindmesh/auth/ports'

/** What matters of an error that nodemailer gave. */
interface Failure {
  /** Which kind of step failed, in nodemailer's words. */
  readonly code: string
  /** What Node.js called it, where a socket failed. */
  readonly systemCode: string
  /** The SMTP command that was answered; DATA stands for the message too. */
  readonly command: string
  /** The answer's code (RFC 5321 §4.2); 0 where there was no answer. */
  readonly reply: number
  /** The answer's enhanced code without its class (RFC 3463), such as `1.1`; empty where there was none. */
  readonly detail: string
}

/**
 * What nodemailer throws, turned into a reason that holds no address, no secret and no word of the server; the error
 * itself is the `cause`. Permanent is only what the server has against this very mail: its recipient or its content.
 */
export function toMailerError(error: unknown): MailerError {
  if (error instanceof MailerError) return error
  const failure = readFailure(error)
  return new MailerError(reasonOf(failure), { permanent: isPermanent(failure), cause: error })
}

/** RFC 4954 §6: the answers about logging in; 530 comes to any command where a login is missing. */
const AUTH_REPLIES: readonly number[] = [530, 534, 535, 538]

function reasonOf(failure: Failure): MailerErrorReason {
  // RFC 5321 §3.8: whatever was asked, the server is closing the connection.
  if (failure.reply === 421) return 'connection'
  if (AUTH_REPLIES.includes(failure.reply)) return 'authentication'
  switch (failure.code) {
    case 'EAUTH':
      return 'authentication'
    case 'ETLS':
      return 'tls'
    case 'ETIMEDOUT':
    case 'EABORT':
    case 'TimeoutError':
      return 'timeout'
    case 'EENVELOPE':
      return isAboutRecipient(failure) ? 'refused_recipient' : 'rejected'
    case 'EMESSAGE':
      return 'rejected'
    case 'ESOCKET':
      return socketReason(failure.systemCode)
    case 'ECONNECTION':
    case 'EDNS':
    case 'EPROTOCOL':
      return 'connection'
    default:
      return 'unknown'
  }
}

/** A relay that does not serve us answers RCPT TO with x.7.x (RFC 3463 §3.8): nothing is wrong with the recipient. */
function isAboutRecipient({ command, detail }: Failure): boolean {
  return command === 'RCPT TO' && !detail.startsWith('7.')
}

/** Node.js names what OpenSSL found: `ERR_SSL_…`, `ERR_TLS_…`, EPROTO, or the fault of the certificate. */
const TLS_CODE =
  /^(?:ERR_(?:SSL|TLS)_|EPROTO$)|CERT|CRL|ISSUER|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|VERIFY/

function socketReason(systemCode: string): MailerErrorReason {
  if (systemCode === 'ETIMEDOUT') return 'timeout'
  return TLS_CODE.test(systemCode) ? 'tls' : 'connection'
}

function isPermanent(failure: Failure): boolean {
  const isFinal = failure.reply >= 500 && failure.reply < 600
  // RFC 5321 §4.2.4: 503 is about the order of the commands, not about this mail.
  if (!isFinal || failure.reply === 503 || AUTH_REPLIES.includes(failure.reply)) return false
  // A refused sender or a relay that is closed to us is for whoever runs the app to mend; the mail can go then.
  return isAboutRecipient(failure) || failure.command === 'DATA'
}

function readFailure(error: unknown): Failure {
  const fields = new Map(typeof error === 'object' && error !== null ? Object.entries(error) : [])
  const text = (name: string): string => {
    const value: unknown = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
  const reply: unknown = fields.get('responseCode')
  const [, detail = ''] = /^\d{3}[ -]\d\.(\d{1,3}\.\d{1,3})\b/.exec(text('response')) ?? []
  return {
    code: error instanceof Error && error.name === 'TimeoutError' ? error.name : text('code'),
    systemCode: text('originalCode'),
    command: text('command'),
    reply: typeof reply === 'number' ? reply : 0,
    detail,
  }
}
