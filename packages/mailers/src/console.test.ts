import { ConfigError, MailerError } from '@mindmesh/auth/ports'
import { expect, test } from 'vitest'
import { consoleMailer } from './console.ts'

const MAIL = { to: 'anna@example.com', subject: 'Code', text: 'It is\n123456', html: '<p>x</p>' }

test('consoleMailer: recipient, subject and text are printed, each mail in one piece', async () => {
  const written: string[] = []
  await consoleMailer({ write: (text) => written.push(text) }).send(MAIL)
  expect(written).toEqual(['--- Mail to anna@example.com\n--- Code\n\n  It is\n  123456\n---'])
})

test('consoleMailer: nothing in a mail steers the terminal or fakes another mail', async () => {
  const written: string[] = []
  const mailer = consoleMailer({ write: (text) => written.push(text) })
  await mailer.send({
    ...MAIL,
    subject: 'a\n--- Mail to b',
    text: '\u001b[2Jx\r\ty\n--- Mail to c',
  })
  expect(written[0]?.split('\n')).toEqual([
    '--- Mail to anna@example.com',
    '--- a --- Mail to b',
    '',
    '   [2Jx \ty',
    '  --- Mail to c',
    '---',
  ])
})

test.each([
  ['a cursor key of eight bits', '\u009b2J'],
  ['a carriage return', '\r'],
  ['a line separator', '\u2028'],
  ['a vertical tab', '\v'],
  ['writing from right to left', '\u202e'],
  ['an isolate', '\u2067'],
])('consoleMailer: %s is printed as a space', async (_, character) => {
  const written: string[] = []
  const mailer = consoleMailer({ write: (text) => written.push(text) })
  await mailer.send({ ...MAIL, subject: `a${character}b`, text: `c${character}d` })
  expect(written[0]).not.toContain(character)
  expect(written[0]).toMatch(/^--- Mail to anna@example\.com\n--- a .*b\n\n {2}c .*d\n---$/)
})

test('consoleMailer: line breaks of either kind are line breaks', async () => {
  const written: string[] = []
  await consoleMailer({ write: (text) => written.push(text) }).send({ ...MAIL, text: 'a\r\nb\nc' })
  expect(written[0]).toMatch(/\n {2}a\n {2}b\n {2}c\n---$/)
})

test('consoleMailer: a recipient that is not one address is refused as by SMTP', async () => {
  const written: string[] = []
  const mailer = consoleMailer({ write: (text) => written.push(text) })
  const work = mailer.send({ ...MAIL, to: 'a@example.com\n--- Mail to b@example.com' })
  await expect(work).rejects.toThrow(MailerError)
  await expect(work).rejects.toMatchObject({ reason: 'refused_recipient', permanent: true })
  expect(written).toEqual([])
})

test('consoleMailer: it refuses production, unless that is allowed in so many words', () => {
  const env = { NODE_ENV: 'production' }
  expect(() => consoleMailer({ env })).toThrow(ConfigError)
  expect(() => consoleMailer({ env, dangerouslyAllowInProduction: true })).not.toThrow()
  expect(() => consoleMailer({ env: { NODE_ENV: 'development' } })).not.toThrow()
})
