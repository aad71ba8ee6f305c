import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import type { LimitRow, Rows, Tables } from './tables.ts'

type HitAll = RateLimitStore['hit']

/** Counters in fixed windows. */
export function rateLimitStore(tables: Tables): RateLimitStore {
  return { hit: async (input) => tables.write('rateLimits.hit', input, hitAll) }
}

function hitAll(
  rows: Rows,
  { hits, refunds, now }: Parameters<HitAll>[0],
): Awaited<ReturnType<HitAll>> {
  const [last] = usedUp(rows, hits, now)
  if (last !== undefined) return { status: 'limited', ...last }
  for (const hit of hits) rows.limits.set(hit.key, counted(rows, hit, now))
  for (const key of refunds) giveBack(rows, key, now)
  return { status: 'allowed' }
}

/** The limits that have no room, the one that resets last first. */
function usedUp(
  rows: Rows,
  hits: readonly Hit[],
  now: Date,
): readonly { readonly key: string; readonly resetsAt: Date }[] {
  return hits
    .flatMap(({ key, limit }) => {
      const row = openWindow(rows, key, now)
      return row !== null && row.hits >= limit ? [{ key, resetsAt: row.resetsAt }] : []
    })
    .toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
}

function counted(rows: Rows, { key, windowSeconds }: Hit, now: Date): LimitRow {
  const row = openWindow(rows, key, now)
  if (row !== null) return { ...row, hits: row.hits + 1 }
  return { hits: 1, resetsAt: new Date(now.getTime() + windowSeconds * 1000) }
}

function giveBack(rows: Rows, key: string, now: Date): void {
  const row = openWindow(rows, key, now)
  if (row !== null) rows.limits.set(key, { ...row, hits: row.hits - 1 })
}

/** One whose hits were all given back is over: when it began would tell of something that does not count. */
function openWindow(rows: Rows, key: string, now: Date): LimitRow | null {
  const row = rows.limits.get(key)
  return row !== undefined && row.resetsAt > now && row.hits > 0 ? row : null
}
