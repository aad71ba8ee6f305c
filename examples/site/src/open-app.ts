import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MindmeshAuth, type Clock, type ConfigOptions, type OAuthProvider } from '@mindmesh/auth'
import { authHandler, type AuthHandler } from '@mindmesh/auth-http'
import { fileMailer } from '@mindmesh/auth-mailers/file'
import * as v from 'valibot'
import { checkedSmtpMailer } from './checked-smtp-mailer.ts'
import { openDatabase, type Model } from './database.ts'
import { developmentSecrets } from './development-secrets.ts'
import { readProviders } from './providers.ts'
import type { Settings } from './settings.ts'

/** What the site runs on. */
export interface App {
  readonly settings: Settings
  /** The library itself, for what pages ask. */
  readonly mindmesh: MindmeshAuth<Model>
  /** Its routes, which the site's forms lead to. */
  readonly auth: Routes
  /** The folder of the development mailbox; `null` where real mail is sent. */
  readonly mailbox: string | null
  readonly close: () => Promise<void>
}

/** The routes with this app's own columns. */
export type Routes = AuthHandler<Model, OwnFields, OwnProfile>
type OwnFields = v.InferOutput<typeof userFields>
type OwnProfile = v.InferInput<typeof profile>

const userFields = v.object({ displayName: v.string() })
const displayName = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'Please tell us what to call you.'),
  v.maxLength(100, 'At most 100 characters.'),
)
const profile = v.strictObject({ displayName })

/** What tests want otherwise. */
export interface AppOptions {
  readonly clock?: Clock
  readonly config?: ConfigOptions
  readonly providers?: readonly OAuthProvider[]
}

/** Opens the database and the mailer, and puts the library and its routes on top of them. */
export async function openApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const { folder, origin } = settings
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const database = await openDatabase(settings)
  const mailbox = process.env['SMTP_HOST'] ? null : join(folder, 'mailbox')
  const mindmesh = new MindmeshAuth({
    adapter: database.adapter,
    mailer: mailbox === null ? await checkedSmtpMailer() : fileMailer(mailbox),
    providers: options.providers ?? readProviders(process.env),
    profileFor: ({ name }) => ({ displayName: (name ?? '').slice(0, 100) }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    config: {
      appName: 'Mindmesh example',
      ...developmentSecrets(folder),
      urls: {
        passwordReset: `${origin}/reset-password`,
        emailChange: `${origin}/confirm-address`,
        emailChangeUndo: `${origin}/restore-address`,
        oauthCallback: `${origin}/auth/oauth/:provider/callback`,
      },
      ...options.config,
    },
  })
  const auth = authHandler(mindmesh, {
    profile,
    userFields,
    // The pages are in English, and so is the mail.
    locales: ['en'],
    oauthPage: '/sign-in/provider',
    // Cookies without `Secure`: over plain http, which is for this very machine.
    dangerouslyAllowInsecureCookies: origin.startsWith('http://'),
  })
  const close = async (): Promise<void> => {
    await mindmesh.close()
    await database.close()
  }
  return { settings, mindmesh, auth, mailbox, close }
}
