import type { Mailer, MailMessage } from '../ports/services.ts'

/** Keeps every message instead of sending it. */
export interface CaptureMailer extends Mailer {
  /** Oldest first. */
  readonly sent: readonly MailMessage[]
  /** Resolves with the newest message to an address as soon as there are `count` to it. Rejects after 5 seconds. */
  waitFor(to: string, count?: number): Promise<MailMessage>
}

const PATIENCE_MS = 5000

/** A mailer for tests. Mail leaves after the answer: wait for it, or call `mail.deliverDue()` first. */
export function captureMailer(): CaptureMailer {
  const sent: MailMessage[] = []
  const waiting = new Set<() => void>()
  return {
    sent,
    async send(message) {
      sent.push(message)
      for (const check of waiting) check()
    },
    async waitFor(to, count = 1) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const found = sent.filter((message) => message.to === to)
          const newest = found.at(-1)
          if (newest === undefined || found.length < count) return
          waiting.delete(check)
          clearTimeout(timer)
          resolve(newest)
        }
        const timer = setTimeout(() => {
          waiting.delete(check)
          reject(new Error(`There are not ${count} mails to ${to}.`))
        }, PATIENCE_MS)
        waiting.add(check)
        check()
      })
    },
  }
}
