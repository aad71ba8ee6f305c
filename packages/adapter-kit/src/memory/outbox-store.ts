import type { ClaimedMail, Effects, OutboxEntry, OutboxStore } from '@mindmesh/auth/ports'
import { writeEffects } from './effects.ts'
import type { MailRow, Rows, Tables } from './tables.ts'

/** Nothing is due any more, and nothing secret is kept. */
const DONE = { sealedPayload: '', availableAt: null, leaseId: null, leasedUntil: null }

/** Mail that was decided together with a change. */
export function outboxStore(tables: Tables): OutboxStore {
  return {
    claim: async (input) => tables.write('outbox.claim', input, claim),
    complete: async (input) =>
      tables.write('outbox.complete', input, (rows, { id, leaseId, at }) => {
        const mail = heldMail(rows, id, leaseId)
        if (mail === null) return 'stale'
        rows.mails.set(id, { ...mail, ...DONE, sentAt: at })
        return 'completed'
      }),
    fail: async (input, effects) => tables.write('outbox.fail', { ...input, effects }, fail),
    inspect: async (input) => tables.read((rows) => inspect(rows, input)),
    hasten: async (input) => tables.write('outbox.hasten', input, hasten),
  }
}

function claim(
  rows: Rows,
  { leaseId, leaseSeconds, limit, now }: Parameters<OutboxStore['claim']>[0],
): readonly ClaimedMail[] {
  const leasedUntil = new Date(now.getTime() + leaseSeconds * 1000)
  return dueMails(rows, now)
    .slice(0, limit)
    .map((mail) => {
      const attempts = mail.attempts + 1
      rows.mails.set(mail.id, { ...mail, leaseId, leasedUntil, attempts })
      const { id, template, sealedPayload, expiresAt, createdAt } = mail
      return { id, template, sealedPayload, expiresAt, createdAt, attempts }
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function fail(
  rows: Rows,
  input: Parameters<OutboxStore['fail']>[0] & { readonly effects: Effects },
): 'failed' | 'stale' {
  const { id, at, retryAt, error } = input
  const mail = heldMail(rows, id, input.leaseId)
  if (mail === null) return 'stale'
  const state =
    retryAt === null
      ? { ...DONE, failedAt: at }
      : { leaseId: null, leasedUntil: null, availableAt: retryAt }
  rows.mails.set(id, { ...mail, ...state, lastError: error })
  writeEffects(rows, input.effects)
  return 'failed'
}

function heldMail(rows: Rows, id: string, leaseId: string): MailRow | null {
  const mail = rows.mails.get(id)
  return mail?.leaseId === leaseId ? mail : null
}

function dueMails(rows: Rows, now: Date): readonly MailRow[] {
  return [...rows.mails.values()]
    .filter((m) => m.availableAt !== null && m.availableAt <= now)
    .filter((m) => m.leasedUntil === null || m.leasedUntil <= now)
    .toSorted((a, b) => (dueOrder(a) < dueOrder(b) ? -1 : 1))
}

function dueOrder(mail: MailRow): string {
  return `${mail.availableAt?.toISOString()} ${mail.id}`
}

function inspect(
  rows: Rows,
  { limit }: Parameters<OutboxStore['inspect']>[0],
): Awaited<ReturnType<OutboxStore['inspect']>> {
  const mails = [...rows.mails.values()]
  const waiting = mails.filter((mail) => mail.availableAt !== null)
  const failed = mails.filter((mail) => mail.failedAt !== null)
  const dueFirst = waiting.toSorted((a, b) => (dueOrder(a) < dueOrder(b) ? -1 : 1))
  const newestFirst = failed.toSorted((a, b) => (failOrder(a) > failOrder(b) ? -1 : 1))
  return {
    waiting: waiting.length,
    failed: failed.length,
    mails: [...dueFirst.slice(0, limit), ...newestFirst.slice(0, limit)].map(toEntry),
  }
}

function hasten(rows: Rows, { now }: Parameters<OutboxStore['hasten']>[0]): number {
  const later = [...rows.mails.values()]
    .filter((mail) => mail.availableAt !== null && mail.availableAt > now)
    .filter((mail) => mail.leasedUntil === null || mail.leasedUntil <= now)
  for (const mail of later) rows.mails.set(mail.id, { ...mail, availableAt: now })
  return later.length
}

function toEntry(mail: MailRow): OutboxEntry {
  const { id, template, attempts, availableAt, failedAt, lastError, expiresAt, createdAt } = mail
  return { id, template, attempts, availableAt, failedAt, lastError, expiresAt, createdAt }
}

function failOrder(mail: MailRow): string {
  return `${mail.failedAt?.toISOString()} ${mail.id}`
}
