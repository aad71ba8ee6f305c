import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock, type SettableClock } from '@mindmesh/auth/testing'
import { readMailbox, type StoredMail } from '@mindmesh/auth-mailers/file'
import { vi } from 'vitest'
import { createServer as createHonoServer } from '../../../examples/hono/src/server.ts'
import { createServer as createNodeServer } from '../../../examples/node/src/server.ts'
import type { App, AppOptions } from '../../../examples/site/src/open-app.ts'
import { openApp } from '../../../examples/site/src/open-app.ts'
import { readSettings } from '../../../examples/site/src/settings.ts'

/** The address of the administrator of every example here. */
export const ADMIN = 'admin@example.com'

/** An example that listens. */
export interface Example {
  readonly app: App
  readonly origin: string
  readonly clock: SettableClock
  /** The mails to an address whose subject fits, newest first. */
  mails(to: string, subject: RegExp): Promise<readonly StoredMail[]>
  /** The newest of them, once there are more than `after`. */
  newMail(to: string, subject: RegExp, after?: number): Promise<StoredMail>
  close(): Promise<void>
}

const SERVERS = { node: createNodeServer, hono: createHonoServer }

/** The examples by name. */
export type ExampleName = keyof typeof SERVERS

/** Many people come from this one machine, and ask for many codes. */
const AMPLE = { limit: 1000, windowSeconds: 60 }

/** Starts an example on a free port with data of its own. */
export async function openExample(name: ExampleName, options: AppOptions = {}): Promise<Example> {
  const folder = mkdtempSync(join(tmpdir(), 'mindmesh-example-'))
  const env = { PORT: String(await freePort()), ADMIN_EMAIL: ADMIN }
  const settings = readSettings(env, folder)
  const clock = settableClock(new Date())
  const app = await openApp(settings, {
    clock,
    ...options,
    config: {
      limits: { registerPerIp: AMPLE, loginPerIp: AMPLE, otpSend: AMPLE, resetRequest: AMPLE },
      ...options.config,
    },
  })
  const server = SERVERS[name](app) as Server
  await new Promise<void>((resolve) => server.listen(settings.port, settings.host, resolve))
  const mails = async (to: string, subject: RegExp): Promise<readonly StoredMail[]> => {
    const all = await readMailbox(join(folder, 'mailbox'))
    return all.filter((mail) => mail.to === to && subject.test(mail.subject))
  }
  return {
    app,
    origin: settings.origin,
    clock,
    mails,
    newMail: async (to, subject, after = 0) =>
      vi.waitFor(
        async () => {
          const [mail, ...older] = await mails(to, subject)
          if (mail === undefined || older.length < after) throw new Error('The mail is not there.')
          return mail
        },
        { timeout: 10_000, interval: 20 },
      ),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await app.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
