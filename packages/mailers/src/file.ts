import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mailer, MailMessage } from '@mindmesh/auth/ports'
import { assertDevelopment, type DevelopmentMailerOptions } from './development-only.ts'

/** A mail as it lies in the folder. */
export interface StoredMail extends MailMessage {
  /** The file's name without its ending; later mails sort after earlier ones. */
  readonly id: string
  readonly date: Date
}

/**
 * Writes each mail into a folder, one JSON file a mail, readable by this user only: a mailbox for development. Throws
 * a `ConfigError` where NODE_ENV is production.
 */
export function fileMailer(directory: string, options: DevelopmentMailerOptions = {}): Mailer {
  assertDevelopment('fileMailer()', options)
  let count = 0
  return {
    async send({ to, subject, text, html }) {
      count += 1
      const date = new Date()
      const order = `${date.getTime()}-${String(count).padStart(6, '0')}`
      const id = `${order}-${randomBytes(4).toString('hex')}`
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const mail = JSON.stringify({ id, date, to, subject, text, html }, null, 2)
      // Renamed into place, so that a reader never meets half a mail.
      const draft = join(directory, `.${id}.tmp`)
      await writeFile(draft, mail, { mode: 0o600 })
      await rename(draft, join(directory, `${id}.json`))
    },
  }
}

/** The mails that {@link fileMailer} wrote, newest first; none where the folder is not there yet. */
export async function readMailbox(directory: string): Promise<readonly StoredMail[]> {
  const names = await namesIn(directory)
  const mails = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .toReversed()
      .map(async (name) => readMail(join(directory, name))),
  )
  return mails
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function readMail(path: string): Promise<StoredMail> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `fileMailer`
  const mail = JSON.parse(await readFile(path, 'utf8')) as StoredMail & { readonly date: string }
  return { ...mail, date: new Date(mail.date) }
}
