import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MailerError, MindmeshAuth, type MindmeshApi } from '@mindmesh/auth'
import type { ModelOf } from '@mindmesh/auth-drizzle/sqlite'
import { fileMailer } from '@mindmesh/auth-mailers/file'
import { smtpMailer, type SmtpMailer } from '@mindmesh/auth-mailers/smtp'
import { openDatabase, type users } from './database.ts'

/** What the app runs on. */
export interface App {
  readonly mindmesh: MindmeshAuth<ModelOf<typeof users>>
  /** The folder of the development mailbox; `null` where real mail is sent. */
  readonly mailbox: string | null
  readonly close: () => Promise<void>
}

/** The library's API for one request of this app. */
export type Api = MindmeshApi<ModelOf<typeof users>>

/** Opens database and mailer in a folder. `origin`: where the pages of mailed links are. */
export async function openApp(folder: string, origin: string): Promise<App> {
  const database = await openDatabase(folder)
  const mailbox = process.env['SMTP_HOST'] ? null : join(folder, 'mailbox')
  const mindmesh = new MindmeshAuth({
    adapter: database.adapter,
    mailer: mailbox === null ? await checkedSmtpMailer() : fileMailer(mailbox),
    config: {
      appName: 'Mindmesh example',
      ...developmentSecrets(folder),
      urls: {
        passwordReset: `${origin}/password/reset`,
        emailChange: `${origin}/email/confirm`,
        emailChangeUndo: `${origin}/email/undo`,
      },
    },
  })
  const close = async (): Promise<void> => {
    await mindmesh.close()
    database.close()
  }
  return { mindmesh, mailbox, close }
}

/** A wrong setting shows at the start, and not with the first person who waits for a code. Mail waits until it is mended. */
async function checkedSmtpMailer(): Promise<SmtpMailer> {
  const mailer = smtpMailer()
  try {
    await mailer.verify()
  } catch (error) {
    const reason = error instanceof MailerError ? error.reason : 'unknown'
    console.error(`The mail server of SMTP_HOST does not take our mail yet: ${reason}.`)
  }
  return mailer
}

/** In production the secrets come from the environment. For trying out they are made once and kept beside the data. */
function developmentSecrets(folder: string): { jwtSecret?: string; refreshSecret?: string } {
  if (process.env['AUTH_JWT_SECRET'] && process.env['AUTH_REFRESH_SECRET']) return {}
  const path = join(folder, 'secrets.json')
  if (!existsSync(path)) {
    const made = JSON.stringify({ jwtSecret: newSecret(), refreshSecret: newSecret() })
    writeFileSync(path, made, { mode: 0o600 })
  }
  const { jwtSecret, refreshSecret }: { jwtSecret: string; refreshSecret: string } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  return { jwtSecret, refreshSecret }
}

function newSecret(): string {
  return randomBytes(48).toString('base64')
}
