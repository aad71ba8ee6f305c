import type { Mailer } from '@mindmesh/auth'

/** A mailer that sends nothing, and hands over the codes that it was to send. */
export interface CodeMailer extends Mailer {
  /** The next code that leaves for an address. Ask before the mail can leave. */
  nextCode(email: string): Promise<string>
}

/** Keeps no mail: a benchmark sends many. */
export function codeMailer(): CodeMailer {
  const waiting = new Map<string, (code: string) => void>()
  return {
    nextCode: async (email) => new Promise((resolve) => waiting.set(email, resolve)),
    async send({ to, text }) {
      const code = /\b\d{6}\b/.exec(text)?.[0]
      if (code === undefined) return
      waiting.get(to)?.(code)
      waiting.delete(to)
    },
  }
}
