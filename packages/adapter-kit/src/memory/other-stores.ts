import type { CodeStore, EventStore, RateLimitStore } from '@mindmesh/auth/ports'
import { replaceCode, writeEffects } from './effects.ts'
import { Undo, type Tables } from './rows.ts'

/** Codes and links. */
export function codeStore(tables: Tables): CodeStore {
  return {
    issue: async (code, effects) =>
      tables.write((rows) => {
        replaceCode(rows, code)
        writeEffects(rows, effects)
      }),
    find: async ({ purpose, subject }) =>
      tables.read(
        (rows) =>
          [...rows.codes.values()].find((c) => c.purpose === purpose && c.subject === subject) ??
          null,
      ),
    findByHash: async ({ purpose, secretHashes }) =>
      tables.read(
        (rows) =>
          [...rows.codes.values()].find(
            (c) => c.purpose === purpose && secretHashes.includes(c.secretHash),
          ) ?? null,
      ),
    consume: async ({ id, secretHashes, now }, effects) =>
      tables.write((rows) => {
        const code = rows.codes.get(id)
        if (code === undefined) return { status: 'not_found' }
        if (code.expiresAt <= now) return { status: 'expired' }
        if (code.attemptsLeft <= 0) return { status: 'exhausted' }
        if (secretHashes.includes(code.secretHash)) {
          rows.codes.delete(id)
          writeEffects(rows, effects.consumed)
          return { status: 'consumed' }
        }
        const attemptsLeft = code.attemptsLeft - 1
        rows.codes.set(id, { ...code, attemptsLeft })
        writeEffects(rows, effects.mismatch)
        return { status: 'mismatch', attemptsLeft }
      }),
    listByUser: async (userId) =>
      tables.read((rows) => [...rows.codes.values()].filter((c) => c.userId === userId)),
  }
}

/** Counters. */
export function rateLimitStore(tables: Tables): RateLimitStore {
  return {
    hit: async ({ hits, refunds, now }) =>
      tables.write<Awaited<ReturnType<RateLimitStore['hit']>>>((rows) => {
        for (const { key, limit, windowSeconds } of hits) {
          const row = rows.limits.get(key)
          const isOpen = row !== undefined && row.resetsAt > now
          if (isOpen && row.hits >= limit) {
            throw new Undo({ status: 'limited', key, resetsAt: row.resetsAt })
          }
          const resetsAt = new Date(now.getTime() + windowSeconds * 1000)
          rows.limits.set(key, isOpen ? { ...row, hits: row.hits + 1 } : { hits: 1, resetsAt })
        }
        for (const key of refunds) {
          const row = rows.limits.get(key)
          if (row !== undefined && row.resetsAt > now && row.hits > 0) {
            rows.limits.set(key, { ...row, hits: row.hits - 1 })
          }
        }
        return { status: 'allowed' }
      }),
  }
}

/** The record of sensitive actions. */
export function eventStore(tables: Tables): EventStore {
  return {
    append: async (events, mails = []) =>
      tables.write((rows) => writeEffects(rows, { events, mails })),
    list: async ({ userId, type, from, before, limit }) =>
      tables.read((rows) =>
        [...rows.events.values()]
          .filter(
            (e) =>
              (userId === null || e.userId === userId) &&
              (type === null || e.type === type) &&
              (from === null || e.id >= from) &&
              (before === null || e.id < before),
          )
          .toSorted((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit),
      ),
  }
}
