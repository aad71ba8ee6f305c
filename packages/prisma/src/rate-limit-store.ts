import type { Hit, RateLimitStore } from '@mindmesh/auth/ports'
import { Rollback } from './attempt.ts'
import type { Queries } from './client.ts'
import { execute, write, type PrismaDatabase } from './database.ts'
import { join, raw, sql, type Sql } from './sql.ts'

type Input = Parameters<RateLimitStore['hit']>[0]
type Hits = Awaited<ReturnType<RateLimitStore['hit']>>

/** Counters in fixed windows. */
export function rateLimitStore(db: PrismaDatabase): RateLimitStore {
  return {
    hit: async (input) =>
      write<Hits>(db, 'rateLimits.hit', async (tx) => {
        if (input.hits.length > 0) {
          await execute(db, tx, count(db, input))
          const refused = await refusal(tx, input.hits)
          if (refused !== null) throw new Rollback(() => refused)
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
 * looks at what was counted while the rows are locked, and undoes it all where that is too much. Written by hand:
 * Prisma's `upsert` takes one row, and cannot make what it writes depend on the row that is there.
 */
function count(db: PrismaDatabase, { hits, refunds, now }: Input): Sql {
  const { text, integer, moment } = db.parameters
  const rows = [
    ...hits.map((hit) => ({ key: hit.key, hits: 1, resetsAt: endOf(hit, now) })),
    // A refund of what nobody counted starts a window that is over.
    ...refunds.map((key) => ({ key, hits: 0, resetsAt: now })),
  ].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const values = rows.map(
    (row) => sql`(${text(row.key)}, ${integer(row.hits)}, ${moment(row.resetsAt)})`,
  )
  const isMysql = db.provider === 'mysql'
  const key = raw(isMysql ? '`key`' : 'key')
  const onTheWay = isMysql
    ? (name: string): Sql => raw(`values(${name})`)
    : (name: string): Sql => raw(`excluded.${name}`)
  const there = isMysql ? raw('') : raw('earlier.')
  const isOver = sql`${there}resets_at <= ${moment(now)}`
  // The window is over too when all of its hits were given back. MySQL assigns from left to right: `hits` still sees
  // the earlier window, and `resets_at` sees by a single hit that there was none before.
  const wasEmpty = isMysql
    ? sql`(hits = 1 and ${onTheWay('hits')} = 1)`
    : sql`(earlier.hits = 0 and ${onTheWay('hits')} = 1)`
  // A row that is a refund comes with no hit.
  return sql`insert into ${db.table('AuthRateLimit')} ${isMysql ? raw('') : raw('as earlier')} (${key}, hits, resets_at)
    values ${join(values, ', ')}
    ${raw(isMysql ? 'on duplicate key update' : 'on conflict (key) do update set')}
      hits = case
        when ${onTheWay('hits')} = 0 then case when ${there}hits > 0 then ${there}hits - 1 else 0 end
        when ${isOver} then 1
        else ${there}hits + 1 end,
      resets_at = case when ${isOver} or ${wasEmpty} then ${onTheWay('resets_at')} else ${there}resets_at end`
}

function endOf({ windowSeconds }: Hit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1000)
}

/** Of the limits that were passed the one that resets last, or `null` if none was. */
async function refusal(tx: Queries, hits: readonly Hit[]): Promise<Hits | null> {
  const keys = hits.map((hit) => hit.key)
  const rows = await tx.authRateLimit.findMany({ where: { key: { in: keys } } })
  const passed = hits.flatMap(({ key, limit }) =>
    rows.filter((row) => row.key === key && row.hits > limit),
  )
  const [last] = passed.toSorted((a, b) => b.resetsAt.getTime() - a.resetsAt.getTime())
  return last === undefined ? null : { status: 'limited', key: last.key, resetsAt: last.resetsAt }
}

/** One key after the other, in the order in which hits lock theirs: a list would be locked as the rows happen to lie. */
async function giveBack(tx: Queries, { refunds, now }: Input): Promise<void> {
  for (const key of [...refunds].toSorted()) {
    await tx.authRateLimit.updateMany({
      where: { key, hits: { gt: 0 }, resetsAt: { gt: now } },
      data: { hits: { decrement: 1 } },
    })
  }
}
