import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { MindmeshAuth } from '@mindmesh/auth'
import { drizzleSqlite } from '@mindmesh/auth-drizzle/sqlite'
import { captureMailer, fastHasher, type CaptureMailer } from '@mindmesh/auth/testing'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { PASSWORD } from '../../support/instance.ts'
import { runMindmesh, type Outcome } from './run-mindmesh.ts'

/** Inside the workspace, so that the packages are found as an app would find them. */
const ROOT = fileURLToPath(new URL('../../.snippets/', import.meta.url))

/** An empty folder that an app could be in. */
export function emptyFolder(): { readonly folder: string; remove(): void } {
  mkdirSync(ROOT, { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'cli-'))
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

/** An app on SQLite, as `mindmesh init` and `mindmesh migrate` left it. */
export interface CliApp {
  readonly folder: string
  readonly mailer: CaptureMailer
  /** An instance on the app's database, in this process. */
  readonly mindmesh: MindmeshAuth
  /** Runs the command in the app's folder. */
  run(...args: string[]): Promise<Outcome>
  /** Runs it with `--json` and gives what it printed; throws where it failed. */
  json(...args: string[]): Promise<unknown>
  /** Registers somebody new; their address is their name at example.com. */
  register(name: string): Promise<string>
  /** Both steps, by this process; gives the session's id. */
  signIn(name: string, request?: { ipAddress?: string; userAgent?: string }): Promise<string>
  close(): Promise<void>
}

/** Makes apps that are set up alike: the first is made by the command, the others are its copies. */
export async function appMaker(): Promise<{
  /** @param options `realHashes`: this process verifies the hashes that the command imports */
  make(options?: { readonly realHashes: boolean }): CliApp
  remove(): void
}> {
  const { folder: template, remove } = emptyFolder()
  for (const args of [['init', '--orm', 'drizzle', '--engine', 'sqlite'], ['migrate']]) {
    const { code, stderr } = await runMindmesh(args, { cwd: template })
    if (code !== 0) throw new Error(stderr)
  }
  return { make: (options) => copyOf(template, options?.realHashes ?? false), remove }
}

function copyOf(template: string, realHashes: boolean): CliApp {
  const { folder, remove } = emptyFolder()
  cpSync(template, folder, { recursive: true })
  const client = new Database(join(folder, 'app.db'))
  const mailer = captureMailer()
  const mindmesh = new MindmeshAuth({
    adapter: drizzleSqlite(drizzle(client)),
    mailer,
    ...(realHashes ? {} : { passwordHasher: fastHasher() }),
    config: { mailDelivery: 'manual' },
    env: parseEnv(readFileSync(join(folder, '.env'), 'utf8')),
  })
  const run = async (...args: string[]): Promise<Outcome> => runMindmesh(args, { cwd: folder })
  return {
    folder,
    mailer,
    mindmesh,
    run,
    async json(...args) {
      const { code, stdout, stderr } = await run(...args, '--json')
      if (code !== 0) throw new Error(`mindmesh ${args.join(' ')}: ${code} ${stderr}`)
      return JSON.parse(stdout)
    },
    register: async (name) => (await mindmesh.auth.register(`${name}@example.com`, PASSWORD)).id,
    signIn: async (name, request = {}) => signIn({ mindmesh, mailer }, name, request),
    async close() {
      await mindmesh.close()
      client.close()
      remove()
    },
  }
}

async function signIn(
  { mindmesh, mailer }: Pick<CliApp, 'mindmesh' | 'mailer'>,
  name: string,
  request: { ipAddress?: string; userAgent?: string },
): Promise<string> {
  const email = `${name}@example.com`
  const api = mindmesh.withContext(request)
  const step = await api.auth.login(email, PASSWORD)
  if (!step.otpRequired) throw new Error('The second step is off.')
  await mindmesh.mail.deliverDue()
  const mail = mailer.sent.findLast(({ to, text }) => to === email && /\b\d{6}\b/.test(text))
  const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? ''
  const { challengeId } = step
  const { accessToken } = await api.auth.verifyOtp(email, code, 'login', { challengeId })
  return (await api.auth.verifyAccessToken(accessToken)).sessionId
}
