import { fastHasher } from '@mindmesh/auth/testing'
import { ours } from '../ours.ts'
import { quantileOf, quartilesOf } from '../quartiles.ts'
import type { Row } from '../row.ts'

const EXPIRED = 10_000

/** `maintenance.prune` over ten thousand counters that are past their end. */
export const prune: Row = {
  name: 'prune',
  title: 'Prune 10,000 expired rows',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const isSqlite = engine.name === 'sqlite'
    const numbers = isSqlite
      ? `(with recursive n (i) as (select 1 union all select i + 1 from n where i < ${EXPIRED}) select i from n)`
      : `(select i from generate_series(1, ${EXPIRED}) i) as n`
    const past = isSqlite ? '0' : `'1970-01-01'`
    await database.execute(
      `insert into auth_rate_limits (key, hits, resets_at) select 'key' || i, 1, ${past} from ${numbers}`,
    )
    const passes: number[] = []
    const { adapter } = database
    const timed = {
      ...adapter,
      deleteExpired: async (input: Parameters<typeof adapter.deleteExpired>[0]) => {
        const began = performance.now()
        const counts = await adapter.deleteExpired(input)
        passes.push(performance.now() - began)
        return counts
      },
    }
    const { mindmesh } = ours(timed, { passwordHasher: fastHasher() })
    const counts = await mindmesh.maintenance.prune()
    if (counts.rateLimits !== EXPIRED) throw new Error(`${counts.rateLimits} were deleted.`)
    await mindmesh.close()
    await database.close()
    const longest = quantileOf(
      passes.toSorted((a, b) => a - b),
      1,
    )
    return {
      figures: [{ name: 'one pass', value: quartilesOf(passes), unit: 'ms' }],
      verdicts: [
        {
          what: 'the longest pass; a lock is held for a part of it',
          value: quartilesOf([longest]),
          unit: 'ms',
          bound: { atMost: 50 },
        },
      ],
    }
  },
}
