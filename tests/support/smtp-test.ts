import { MailerError } from '@mindmesh/auth'
import { smtpMailer, type SmtpMailer, type SmtpMailerOptions } from '@mindmesh/auth-mailers/smtp'
import { test as base } from 'vitest'
import {
  startSmtpServer,
  type SmtpTestServer,
  type SmtpTestServerOptions,
} from './smtp-test-server.ts'

/** A server and mailers for it. */
export interface SmtpSetting {
  readonly server: SmtpTestServer
  readonly mailerFor: (options?: SmtpMailerOptions) => SmtpMailer
}

interface Fixtures {
  /** Runs once the test is over. */
  readonly atEnd: (cleanup: () => Promise<void>) => void
  /** Starts a server; it and its mailers end with the test. */
  readonly start: (offers?: SmtpTestServerOptions) => Promise<SmtpSetting>
}

/** A test with servers of its own, so that tests may run beside each other. */
export const smtpTest = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern what a fixture needs
  atEnd: async ({}, use) => {
    const cleanups: (() => Promise<void>)[] = []
    await use((cleanup) => cleanups.push(cleanup))
    for (const cleanup of cleanups.toReversed()) await cleanup()
  },
  start: async ({ atEnd }, use) => {
    await use(async (offers = {}) => {
      const server = await startSmtpServer(offers)
      atEnd(async () => server.close())
      const mailerFor = (options: SmtpMailerOptions = {}): SmtpMailer => {
        const mailer = smtpMailer({ env: {}, ...server.options, timeoutSeconds: 10, ...options })
        atEnd(async () => mailer.close())
        return mailer
      }
      return { server, mailerFor }
    })
  },
})

/** What a `MailerError` tells a program. */
export interface MailFailure {
  readonly reason: string
  readonly permanent: boolean
}

/** What a failing call tells, with the promise of every `MailerError`: its message holds nothing but the reason. */
export async function failureOf(work: Promise<void>): Promise<MailFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MailerError)) {
    throw new Error('A MailerError was expected.', { cause: error })
  }
  if (error.message !== `The mail could not be handed over: ${error.reason}.`) {
    throw new Error(`The message tells more than the reason: ${error.message}`)
  }
  return { reason: error.reason, permanent: error.permanent }
}
