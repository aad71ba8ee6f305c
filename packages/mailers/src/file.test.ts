import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, MailerError } from '@mindmesh/auth/ports'
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fileMailer, readMailbox } from './file.ts'

const MAIL = {
  to: 'anna@example.com',
  subject: 'Grüße',
  text: `Zoë 🙂\n.\n${'long '.repeat(300)}`,
  html: '<p>Zoë</p>',
}

let directory: string
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'mindmesh-mailbox-')), 'inner', 'mailbox')
})
afterEach(async () => {
  await rm(join(directory, '..', '..'), { recursive: true })
})

test('readMailbox: a folder that is not there yet has no mails', async () => {
  expect(await readMailbox(directory)).toEqual([])
})

test('fileMailer: a mail is read back as it was sent', async () => {
  const before = Date.now()
  await fileMailer(directory).send(MAIL)
  const [mail, ...others] = await readMailbox(directory)
  expect(others).toEqual([])
  expect(mail).toMatchObject(MAIL)
  expect(mail?.date.getTime()).toBeGreaterThanOrEqual(before)
  expect(mail?.date.getTime()).toBeLessThanOrEqual(Date.now())
})

test('fileMailer: the .eml is a mail by RFC 5322 that a mail program reads', async () => {
  await fileMailer(directory).send({ ...MAIL, subject: 'a\r\nBcc: thief@example.com' })
  const [mail] = await readMailbox(directory)
  const eml = await readFile(join(directory, `${mail?.id}.eml`), 'latin1')
  const lines = eml.split('\r\n')
  expect(lines.join('')).not.toMatch(/[\r\n]/)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998)
  const parsed = await simpleParser(eml)
  expect(parsed).toMatchObject({ subject: 'a Bcc: thief@example.com', html: MAIL.html })
  expect(parsed.bcc).toBeUndefined()
  expect(parsed.to).toMatchObject({ text: MAIL.to })
  expect(parsed.text?.trimEnd()).toBe(MAIL.text.trimEnd())
  // The Date field counts whole seconds.
  expect(Math.floor((parsed.date?.getTime() ?? 0) / 1000)).toBe(
    Math.floor((mail?.date.getTime() ?? 1) / 1000),
  )
  expect(parsed.messageId).toMatch(/^<.+@mindmesh\.invalid>$/)
  expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
})

test('fileMailer: mails of one millisecond come back newest first', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const mailer = fileMailer(directory)
    const subjects = Array.from({ length: 12 }, (_, i) => `mail ${i}`)
    for (const subject of subjects) await mailer.send({ ...MAIL, subject })
    const mails = await readMailbox(directory)
    expect(mails.map(({ subject }) => subject)).toEqual(subjects.toReversed())
  } finally {
    vi.useRealTimers()
  }
})

test('readMailbox: it never meets half a mail', async () => {
  const text = 'a line of text\n'.repeat(200_000)
  const sending = fileMailer(directory).send({ ...MAIL, text })
  let mails = await readMailbox(directory)
  while (mails.length === 0) mails = await readMailbox(directory)
  await sending
  expect(mails).toMatchObject([{ ...MAIL, text }])
})

test('fileMailer: mails sent at once are all kept', async () => {
  const mailers = [fileMailer(directory), fileMailer(directory)]
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => mailers[i % 2]?.send({ ...MAIL, subject: `${i}` })),
  )
  const subjects = (await readMailbox(directory)).map(({ subject }) => Number(subject))
  expect(subjects.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
})

test('fileMailer: only this user may read the mails, and no drafts are left', async () => {
  await fileMailer(directory).send(MAIL)
  const names = await readdir(directory)
  expect(names.map((name) => name.replace(/^.*\./, '')).toSorted()).toEqual(['eml', 'json'])
  for (const name of names) {
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  }
  expect((await stat(directory)).mode & 0o077).toBe(0)
})

test('fileMailer: a recipient that is not one address is refused as by SMTP', async () => {
  const work = fileMailer(directory).send({ ...MAIL, to: 'a@example.com\r\nBcc: b@example.com' })
  await expect(work).rejects.toThrow(MailerError)
  await expect(work).rejects.toMatchObject({ reason: 'refused_recipient', permanent: true })
  expect(await readMailbox(directory)).toEqual([])
})

test('readMailbox: a half-written draft is passed over, and a damaged mail is named', async () => {
  await fileMailer(directory).send(MAIL)
  await writeFile(join(directory, '.draft.json.tmp'), '{')
  await writeFile(join(directory, '.draft.json'), '{')
  expect(await readMailbox(directory)).toHaveLength(1)
  const whole = { id: '1', to: 'a@example.com', subject: '', text: '', html: '' }
  for (const json of ['{"id": 1', 'null', '[]', JSON.stringify({ ...whole, date: 'never' })]) {
    await writeFile(join(directory, 'damaged.json'), json)
    await expect(readMailbox(directory)).rejects.toThrow(/damaged\.json is not a mail/)
  }
})

test('fileMailer: it refuses production, unless that is allowed in so many words', () => {
  const env = { NODE_ENV: 'production' }
  expect(() => fileMailer(directory, { env })).toThrow(ConfigError)
  expect(() => fileMailer(directory, { env, dangerouslyAllowInProduction: true })).not.toThrow()
})

test('fileMailer: an empty folder name is refused', () => {
  expect(() => fileMailer('')).toThrow(ConfigError)
})
