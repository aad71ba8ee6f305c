import { ConfigError } from '@mindmesh/auth/ports'
import { describe, expect, test, vi } from 'vitest'
import { parseSmtpOptions, type SmtpMailerOptions } from './smtp-config.ts'
import { smtpTransportOptions } from './smtp-transport.ts'
import { smtpMailer } from './smtp.ts'

const RIGHT = { env: {}, host: 'smtp.example.com', from: 'security@mindmesh.example' }

function problemsOf(options: SmtpMailerOptions): readonly string[] {
  try {
    smtpMailer(options)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ field }) => field)
    throw error
  }
  return []
}

describe('smtpMailer settings', () => {
  test('one error names everything that is missing or wrong, and how to mend it', () => {
    const env = {
      SMTP_PORT: 'abc',
      SMTP_USER: 'me',
      SMTP_FROM: 'a@b.example\r\nBcc: x@y.example',
    }
    const options = { env, timeoutSeconds: 0, totalTimeoutSeconds: 600, maxConnections: 0.5 }
    expect(problemsOf(options)).toEqual([
      'host (SMTP_HOST)',
      'port (SMTP_PORT)',
      'user, pass (SMTP_USER, SMTP_PASS)',
      'from (SMTP_FROM)',
      'timeoutSeconds',
      'totalTimeoutSeconds',
      'maxConnections',
    ])
    expect(() => smtpMailer(options)).toThrow(/SMTP_HOST\): is missing; give .*smtp\.example\.com/)
  })

  test('a password with a line break is refused, and no error repeats it', () => {
    const env = { SMTP_USER: 'me', SMTP_PASS: 'smtp-secret\n' }
    expect(problemsOf({ ...RIGHT, env })).toEqual(['user, pass (SMTP_USER, SMTP_PASS)'])
    const error = new ConfigError([])
    expect(() => smtpMailer({ ...RIGHT, env })).toThrow(error.message)
    expect(() => smtpMailer({ ...RIGHT, env })).not.toThrow(/smtp-secret/)
  })

  test.each([
    { timeoutSeconds: 50.1 },
    { timeoutSeconds: Number.NaN },
    { totalTimeoutSeconds: 0 },
    { totalTimeoutSeconds: 55.1 },
    { maxConnections: 0 },
    { maxConnections: 101 },
    { maxConnections: Number.NaN },
  ])('%j is refused', (option) => {
    expect(problemsOf({ ...RIGHT, ...option })).toEqual(Object.keys(option))
  })

  test('an empty variable counts as not set', () => {
    const env = { SMTP_PORT: '', SMTP_USER: '', SMTP_PASS: '' }
    expect(parseSmtpOptions({ ...RIGHT, env })).toMatchObject({ port: 587, auth: null })
  })

  test.each([
    'smtp.example.com:587',
    'smtp://smtp.example.com',
    'smtp.example.com\r\n',
    'smtp example',
    '-smtp.example.com',
  ])('the host %j is refused', (host) => {
    expect(problemsOf({ ...RIGHT, host })).toEqual(['host (SMTP_HOST)'])
  })

  test.each(['localhost', '127.0.0.1', '::1', 'smtp.example.com.'])(
    'the host %j is taken',
    (host) => {
      expect(parseSmtpOptions({ ...RIGHT, host }).host).toBe(host)
    },
  )

  test.each(['0', '65536', '0x24B', '58.7', '-1', ' ', '5e2'])(
    'SMTP_PORT %j is refused',
    (port) => {
      expect(problemsOf({ ...RIGHT, env: { SMTP_PORT: port } })).toEqual(['port (SMTP_PORT)'])
    },
  )

  test.each([
    ['Mindmesh <a@b.example>', { name: 'Mindmesh', address: 'a@b.example' }],
    ['"Smith, Jane" <a@b.example>', { name: 'Smith, Jane', address: 'a@b.example' }],
    ['Smith, Jane <a@b.example>', { name: 'Smith, Jane', address: 'a@b.example' }],
    ['Grüße <a@bücher.example>', { name: 'Grüße', address: 'a@xn--bcher-kva.example' }],
    ['<a@localhost>', { name: '', address: 'a@localhost' }],
  ])('the sender %j is understood', (from, expected) => {
    expect(parseSmtpOptions({ ...RIGHT, from }).from).toEqual(expected)
  })

  test.each([
    'a@b.example, c@d.example',
    'Name <a@b.example> <c@d.example>',
    'Name <a@b.example',
    'Name\n<a@b.example>',
    'a@b..example',
    'a@-b.example',
    'a b@c.example',
    `${'a'.repeat(65)}@b.example`,
  ])('the sender %j is refused', (from) => {
    expect(problemsOf({ ...RIGHT, from })).toEqual(['from (SMTP_FROM)'])
  })

  test('the environment is read when the mailer is made', () => {
    vi.stubEnv('SMTP_HOST', 'smtp.example.com')
    vi.stubEnv('SMTP_FROM', 'env@mindmesh.example')
    try {
      expect(parseSmtpOptions({})).toMatchObject({
        host: 'smtp.example.com',
        port: 587,
        auth: null,
      })
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('smtpMailer transport', () => {
  test('port 465 is TLS from the start, whatever was allowed', () => {
    const config = parseSmtpOptions({ ...RIGHT, port: 465, dangerouslyAllowPlaintext: true })
    expect(smtpTransportOptions(config)).toMatchObject({ secure: true })
  })

  test('every other port needs STARTTLS with TLS 1.2 or later and a checked certificate', () => {
    expect(smtpTransportOptions(parseSmtpOptions(RIGHT))).toMatchObject({
      secure: false,
      requireTLS: true,
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
      connectionTimeout: 20_000,
      socketTimeout: 20_000,
      greetingTimeout: 20_000,
      dnsTimeout: 20_000,
      idleTimeout: 30_000,
      maxRequeues: 2,
    })
  })
})
