import { MailerError } from '@mindmesh/auth/ports'
import { expect, test } from 'vitest'
import { toMailerError } from './smtp-errors.ts'

/** An error as nodemailer makes it. */
function failed(code: string, fields: object = {}): Error {
  return Object.assign(new Error('anna@example.com smtp-password'), { code, ...fields })
}

function answered(code: string, command: string, response: string): Error {
  const responseCode = Number(response.slice(0, 3))
  return failed(code, { command, response: `${response} anna@example.com`, responseCode })
}

test.each([
  ['an unknown host', failed('EDNS', { originalCode: 'ENOTFOUND' }), 'connection'],
  ['a closed port', failed('ESOCKET', { originalCode: 'ECONNREFUSED' }), 'connection'],
  [
    'a connection that never came about',
    failed('ESOCKET', { originalCode: 'ETIMEDOUT' }),
    'timeout',
  ],
  ['silence', failed('ETIMEDOUT'), 'timeout'],
  ['the end of the total time', failed('EABORT'), 'timeout'],
  ['a greeting that is none', answered('EPROTOCOL', 'CONN', '554 no service'), 'connection'],
  ['STARTTLS refused', answered('ETLS', 'STARTTLS', '454 not now'), 'tls'],
  [
    'a certificate of nobody',
    failed('ESOCKET', { originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'tls',
  ],
  ['a certificate that is over', failed('ESOCKET', { originalCode: 'CERT_HAS_EXPIRED' }), 'tls'],
  [
    'an unknown authority',
    failed('ESOCKET', { originalCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    'tls',
  ],
  ['an old protocol', failed('ESOCKET', { originalCode: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }), 'tls'],
  ['no TLS at all on a TLS port', failed('ESOCKET', { originalCode: 'EPROTO' }), 'tls'],
  ['a wrong password', answered('EAUTH', 'AUTH PLAIN', '535 5.7.8 wrong'), 'authentication'],
  [
    'a login that is missing',
    answered('EENVELOPE', 'RCPT TO', '530 5.7.0 log in'),
    'authentication',
  ],
  ['the same in other words', answered('EENVELOPE', 'RCPT TO', '530 log in'), 'authentication'],
  [
    'a sender that is refused',
    answered('EENVELOPE', 'MAIL FROM', '553 5.7.1 not yours'),
    'rejected',
  ],
  ['a relay that is closed', answered('EENVELOPE', 'RCPT TO', '554 5.7.1 no relay'), 'rejected'],
  [
    'a recipient for later',
    answered('EENVELOPE', 'RCPT TO', '450 4.2.1 grey'),
    'refused_recipient',
  ],
  [
    'commands out of order',
    answered('EENVELOPE', 'RCPT TO', '503 5.5.1 first MAIL'),
    'refused_recipient',
  ],
  ['a server that is closing', answered('EENVELOPE', 'RCPT TO', '421 4.3.2 bye'), 'connection'],
  ['a mail for later', answered('EMESSAGE', 'DATA', '451 4.3.0 busy'), 'rejected'],
  ['anything else', failed('ESTREAM'), 'unknown'],
  ['no error at all', 'anna@example.com', 'unknown'],
])('toMailerError: %s may go away (%#)', (_, error, reason) => {
  expect(toMailerError(error)).toMatchObject({ reason, permanent: false, cause: error })
})

test.each([
  [
    'an unknown recipient',
    answered('EENVELOPE', 'RCPT TO', '550 5.1.1 unknown'),
    'refused_recipient',
  ],
  [
    'the same without an enhanced code',
    answered('EENVELOPE', 'RCPT TO', '550 unknown'),
    'refused_recipient',
  ],
  ['a content that is refused', answered('EMESSAGE', 'DATA', '554 5.7.1 spam'), 'rejected'],
  [
    'a mail that is refused before its content',
    answered('EENVELOPE', 'DATA', '554 no'),
    'rejected',
  ],
])('toMailerError: %s is for good', (_, error, reason) => {
  expect(toMailerError(error)).toMatchObject({ reason, permanent: true, cause: error })
})

test('toMailerError: the message repeats nothing of the error, and a MailerError stays as it is', () => {
  const error = toMailerError(answered('EAUTH', 'AUTH PLAIN', '535 smtp-password'))
  expect(error.message).toBe('The mail could not be handed over: authentication.')
  const own = new MailerError('refused_recipient', { permanent: true })
  expect(toMailerError(own)).toBe(own)
})
