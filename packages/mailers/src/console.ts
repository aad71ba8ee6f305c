import type { Mailer } from '@mindmesh/auth/ports'
import { assertDevelopment, type DevelopmentMailerOptions } from './development-only.ts'

/** Options of {@link consoleMailer}. */
export interface ConsoleMailerOptions extends DevelopmentMailerOptions {
  /** Where the text goes. @default console.log */
  readonly write?: (text: string) => void
}

/** Prints each mail instead of sending it. For development: throws a `ConfigError` where NODE_ENV is production. */
export function consoleMailer(options: ConsoleMailerOptions = {}): Mailer {
  assertDevelopment('consoleMailer()', options)
  const write = options.write ?? ((text: string): void => console.log(text))
  return {
    async send({ to, subject, text }) {
      write(`--- Mail to ${to}\n--- ${subject}\n\n${text}`)
    },
  }
}
