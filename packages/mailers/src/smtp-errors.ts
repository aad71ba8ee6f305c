import { MailerError } from '@mindmesh/auth/ports'

/** What nodemailer throws, turned into a reason that holds no address and no secret. */
export function toMailerError(error: unknown): MailerError {
  const code = textOf(error, 'code')
  const reply = numberOf(error, 'responseCode')
  const isPermanent = reply >= 500 && reply < 600
  const cause = error
  switch (code) {
    case 'EENVELOPE':
      return new MailerError('refused_recipient', { permanent: isPermanent || reply === 0, cause })
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      // Mended by whoever runs the server, not by giving up on the mail.
      return new MailerError('authentication', { cause })
    case 'ETLS':
      return new MailerError('tls', { cause })
    case 'ETIMEDOUT':
      return new MailerError('timeout', { cause })
    case 'EMESSAGE':
      return new MailerError('rejected', { permanent: isPermanent, cause })
    default:
      return new MailerError(reasonOf(code, error), { cause })
  }
}

const CONNECTION = ['ECONNECTION', 'ESOCKET', 'EDNS', 'ECONNREFUSED', 'ECONNRESET', 'EPROTOCOL']

function reasonOf(code: string, error: unknown): 'tls' | 'connection' | 'unknown' {
  const message = error instanceof Error ? error.message : ''
  if (/certificate|STARTTLS|TLS|SSL/i.test(message)) return 'tls'
  return CONNECTION.includes(code) ? 'connection' : 'unknown'
}

function textOf(error: unknown, field: string): string {
  const value = fieldOf(error, field)
  return typeof value === 'string' ? value : ''
}

function numberOf(error: unknown, field: string): number {
  const value = fieldOf(error, field)
  return typeof value === 'number' ? value : 0
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null
    ? new Map<string, unknown>(Object.entries(error)).get(field)
    : undefined
}
