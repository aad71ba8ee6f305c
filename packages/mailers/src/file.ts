import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, type Mailer, type MailMessage } from '@mindmesh/auth/ports'
import { composeMail } from './compose.ts'
import { assertDevelopment, type DevelopmentMailerOptions } from './development-only.ts'
import { parseStoredMail, type StoredMail } from './stored-mail.ts'

export type { DevelopmentMailerOptions } from './development-only.ts'
export type { StoredMail } from './stored-mail.ts'

type Content = Parameters<typeof writeFile>[1]

const FROM = { name: 'Mindmesh development mailbox', address: 'mailbox@mindmesh.invalid' }

/**
 * Writes each mail into a folder instead of sending it: a mailbox for development. Two files a mail, readable by this
 * user only: `.json`, which {@link readMailbox} reads, and `.eml`, which mail programs open. The folder is made where
 * it is missing. Throws a `ConfigError` where NODE_ENV is production.
 */
export function fileMailer(directory: string, options: DevelopmentMailerOptions = {}): Mailer {
  assertDevelopment('fileMailer()', options)
  if (directory === '') {
    throw new ConfigError([{ field: 'mailer', message: 'fileMailer() needs the name of a folder' }])
  }
  let count = 0
  return {
    async send({ to, subject, text, html }) {
      count += 1
      const date = new Date()
      const mail = { id: idOf(date, count), date, to, subject, text, html }
      const eml = await emlOf(mail)
      await mkdir(directory, { recursive: true, mode: 0o700 })
      // The JSON is the last to come: what can be read has its .eml.
      await writeWhole(directory, `${mail.id}.eml`, eml)
      await writeWhole(directory, `${mail.id}.json`, JSON.stringify(mail, null, 2))
    },
  }
}

/**
 * The mails that {@link fileMailer} wrote into a folder, newest first; none where the folder is not there yet. Rejects
 * where a `.json` file in it is something else.
 */
export async function readMailbox(directory: string): Promise<readonly StoredMail[]> {
  const names = await namesIn(directory)
  const paths = names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .toSorted()
    .toReversed()
    .map((name) => join(directory, name))
  return Promise.all(paths.map(async (path) => parseStoredMail(await readFile(path, 'utf8'), path)))
}

/** Sorts by time, and within a millisecond by the order of one mailer's mails. */
function idOf(date: Date, count: number): string {
  return `${date.getTime()}-${String(count).padStart(6, '0')}-${randomBytes(4).toString('hex')}`
}

async function emlOf(mail: MailMessage & { readonly date: Date }): Promise<Content> {
  // With the first mail: loading it takes as long as loading the core.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await transport.sendMail({ ...composeMail(FROM, mail), date: mail.date })
  return message
}

/** Writes beside the place and renames into it, so that a reader never meets half a file. */
async function writeWhole(directory: string, name: string, content: Content): Promise<void> {
  const draft = join(directory, `.${name}.tmp`)
  await writeFile(draft, content, { mode: 0o600 })
  await rename(draft, join(directory, name))
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
