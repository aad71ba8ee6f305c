/** What two kinds of calls, timed in pairs, say about each other. */
export interface Comparison {
  /** Wilcoxon's signed-rank statistic in standard deviations: how sure it is that one kind takes longer. */
  readonly z: number
  /** By how much the first kind takes longer, in milliseconds: the median over the pairs. */
  readonly shiftMs: number
  /** Of the second kind. */
  readonly medianMs: number
}

/**
 * Times both kinds of calls, one of each kind in every pair, in an order that a fair coin decides. So whatever else
 * the machine does, and however it drifts, falls on both alike: if the kinds do not differ, the sign of each pair's
 * difference is a coin, too, and `z` is a standard normal variable under any load.
 */
export async function tellApart(
  pairs: number,
  first: (n: number) => Promise<unknown>,
  second: (n: number) => Promise<unknown>,
): Promise<Comparison> {
  const differences: number[] = []
  const ofSecond: number[] = []
  for (let n = 0; n < pairs; n += 1) {
    const isFirstFirst = Math.random() < 0.5
    const before = isFirstFirst ? await timeOf(first, n) : 0
    const other = await timeOf(second, n)
    differences.push((isFirstFirst ? before : await timeOf(first, n)) - other)
    ofSecond.push(other)
  }
  return { z: signedRank(differences), shiftMs: median(differences), medianMs: median(ofSecond) }
}

async function timeOf(call: (n: number) => Promise<unknown>, n: number): Promise<number> {
  const start = performance.now()
  await call(n)
  return performance.now() - start
}

/** Wilcoxon's signed-rank statistic by its normal approximation; differences of zero count for neither side. */
export function signedRank(differences: readonly number[]): number {
  const ranked = differences
    .filter((difference) => difference !== 0)
    .toSorted((a, b) => Math.abs(a) - Math.abs(b))
  const n = ranked.length
  if (n === 0) return 0
  const sum = ranked.reduce((total, difference, at) => total + Math.sign(difference) * (at + 1), 0)
  return sum / Math.sqrt((n * (n + 1) * (2 * n + 1)) / 6)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
