import type { Mailer, MailMessage } from '@mindmesh/auth/ports'
import { requireAddress } from './compose.ts'
import { assertDevelopment, type DevelopmentMailerOptions } from './development-only.ts'

/** Options of {@link consoleMailer}. */
export interface ConsoleMailerOptions extends DevelopmentMailerOptions {
  /** Where the text goes, one call a mail. @default console.log */
  readonly write?: (text: string) => void
}

/**
 * Prints each mail instead of sending it. For development: throws a `ConfigError` where NODE_ENV is production. What
 * a terminal would obey is printed as a space, and the text is indented, so that no mail can look like another one.
 */
export function consoleMailer(options: ConsoleMailerOptions = {}): Mailer {
  assertDevelopment('consoleMailer()', options)
  const write = options.write ?? ((text: string): void => console.log(text))
  return {
    async send(message) {
      write(printed(message))
    },
  }
}

function printed({ to, subject, text }: MailMessage): string {
  const lines = text.split(/\r?\n/).map((line) => `  ${harmless(line)}`)
  const head = [`--- Mail to ${requireAddress(to)}`, `--- ${harmless(subject)}`, '']
  return [...head, ...lines, '---'].join('\n')
}

/** Without what moves a cursor, starts a line or turns the direction of writing round. The tab stays. */
function harmless(line: string): string {
  return line.replaceAll(/(?:(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}])+/gu, ' ')
}
