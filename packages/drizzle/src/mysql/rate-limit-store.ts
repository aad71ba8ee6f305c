import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { gt, inArray, sql, type SQL } from 'drizzle-orm'
import { Rollback } from '../shared/attempt.ts'
import { guarded, write, type MysqlDatabase, type MysqlTransaction } from './database.ts'
import { authRateLimits as limits } from './tables.ts'

type Input = Parameters<RateLimitStore['hit']>[0]
type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: MysqlDatabase): RateLimitStore {
  return {
    hit: async (input) =>
      write<Hits>(db, 'rateLimits.hit', async (tx) => {
        if (input.hits.length > 0) {
          await count(tx, input)
          const refused = await refusal(tx, input.hits)
          if (refused !== null) throw new Rollback(refused)
        } else if (input.refunds.length > 0) {
          await giveBack(tx, input)
        }
        return { status: 'allowed' }
      }),
  }
}

/**
 * Counts every hit and gives every refund back in one statement, which locks the rows in the order of their keys, so
 * that calls with several keys wait for one another and never in a circle. It counts beyond a limit too: the caller
 * looks at what was counted while the rows are locked, and undoes it all where that is too much.
 */
async function count(tx: MysqlTransaction, { hits, refunds, now }: Input): Promise<void> {
  const rows = [
    ...hits.map((hit) => ({ key: hit.key, hits: 1, resetsAt: endOf(hit, now) })),
    // A refund of what nobody counted starts a window that is over.
    ...refunds.map((key) => ({ key, hits: 0, resetsAt: now })),
  ].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const isOver = sql`${limits.resetsAt} <= ${momentOf(now)}`
  const isRefund = inArray(limits.key, [...refunds])
  const ends = sql.join(
    rows.map((row) => sql`when ${row.key} then ${momentOf(row.resetsAt)}`),
    sql` `,
  )
  // MySQL assigns from left to right, in the order of the table's columns: `hits` still sees the earlier window, and
  // `resetsAt` sees by a single hit that there was none before.
  await tx
    .insert(limits)
    .values(rows)
    .onDuplicateKeyUpdate({
      set: {
        hits: sql`case
          when ${isRefund} then greatest(${limits.hits} - 1, 0)
          when ${isOver} then 1
          else ${limits.hits} + 1 end`,
        resetsAt: sql`case
          when ${isOver} or (${limits.hits} = 1 and not ${isRefund})
          then case ${limits.key} ${ends} end
          else ${limits.resetsAt} end`,
      },
    })
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

/** As text in UTC: the driver would write a bare Date in the connection's time zone. */
function momentOf(date: Date): SQL {
  return sql`cast(${sql.param(date, limits.resetsAt)} as datetime(3))`
}

/** Of the limits that were passed the one that resets last, or `null` if none was. */
async function refusal(tx: MysqlTransaction, hits: readonly Hit[]): Promise<Hits | null> {
  const keys = hits.map((hit) => hit.key)
  const rows = await tx.select().from(limits).where(inArray(limits.key, keys))
  const passed = hits.flatMap(({ key, limit }) =>
    rows.filter((row) => row.key === key && row.hits > limit),
  )
  const [last] = passed.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  return last === undefined ? null : { status: 'limited', key: last.key, resetsAt: last.resetsAt }
}

async function giveBack(tx: MysqlTransaction, { refunds, now }: Input): Promise<void> {
  await tx
    .update(limits)
    .set({ hits: sql`${limits.hits} - 1` })
    .where(guarded(inArray(limits.key, [...refunds]), gt(limits.hits, 0), gt(limits.resetsAt, now)))
}
