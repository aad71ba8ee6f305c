import type { OutboxStore } from '@mindmesh/auth/ports'
import { writeEffects } from './effects.ts'
import type { MailRow, Rows, Tables } from './rows.ts'

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

/** Mail that was decided together with a change. */
export function outboxStore(tables: Tables): OutboxStore {
  return {
    claim: async ({ leaseId, leaseSeconds, limit, now }) =>
      tables.write((rows) => {
        const leasedUntil = new Date(now.getTime() + leaseSeconds * 1000)
        return dueMails(rows, now)
          .slice(0, limit)
          .map((mail) => {
            const attempts = mail.attempts + 1
            rows.mails.set(mail.id, { ...mail, leaseId, leasedUntil, attempts })
            const { id, template, sealedPayload, expiresAt, createdAt } = mail
            return { id, template, sealedPayload, expiresAt, createdAt, attempts }
          })
      }),
    complete: async ({ id, leaseId, at }) =>
      tables.write((rows) => {
        const mail = rows.mails.get(id)
        if (mail?.leaseId !== leaseId) return 'stale'
        rows.mails.set(id, { ...mail, ...DONE, sentAt: at })
        return 'completed'
      }),
    fail: async ({ id, leaseId, at, retryAt, error }, effects) =>
      tables.write((rows) => {
        const mail = rows.mails.get(id)
        if (mail?.leaseId !== leaseId) return 'stale'
        const state =
          retryAt === null
            ? { ...DONE, failedAt: at }
            : { leaseId: null, leasedUntil: null, availableAt: retryAt }
        rows.mails.set(id, { ...mail, ...state, lastError: error })
        writeEffects(rows, effects)
        return 'failed'
      }),
  }
}

function dueMails(rows: Rows, now: Date): readonly MailRow[] {
  return [...rows.mails.values()]
    .filter((m) => m.availableAt !== null && m.availableAt <= now)
    .filter((m) => m.leasedUntil === null || m.leasedUntil <= now)
    .toSorted((a, b) => dueOrder(a).localeCompare(dueOrder(b)))
}

function dueOrder(mail: MailRow): string {
  return `${mail.availableAt?.toISOString()} ${mail.id}`
}
