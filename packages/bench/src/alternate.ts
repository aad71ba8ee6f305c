import { quartilesOf, type Quartiles } from './quartiles.ts'

/** One way of doing the work that a row measures. */
export interface Contender {
  readonly name: string
  /** Does the work once. */
  readonly run: () => unknown
}

/** How long and how often each contender runs. */
export interface Alternation {
  /** @default 15 */
  readonly rounds?: number
  /** How long one contender runs at a stretch. @default 100 */
  readonly milliseconds?: number
  /** How many are at it at once. @default 1 */
  readonly callers?: number
}

/** What contenders did a second: one figure a round, in the same order for each of them. */
export type Rates = ReadonlyMap<string, readonly number[]>

/**
 * Lets the contenders work in turn, a tenth of a second each, and begins each round with another one: whatever else the
 * machine does falls on all of them alike, and a ratio of two within a round says more than either figure.
 */
export async function alternate(
  contenders: readonly Contender[],
  { rounds = 15, milliseconds = 100, callers = 1 }: Alternation = {},
): Promise<Rates> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (const contender of contenders) await rateOf(contender, milliseconds * 2, callers)
  for (let round = 0; round < rounds; round += 1) {
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      rates.get(contender.name)?.push(await rateOf(contender, milliseconds, callers))
    }
  }
  return rates
}

async function rateOf({ run }: Contender, milliseconds: number, callers: number): Promise<number> {
  const began = performance.now()
  let done = 0
  const work = async (): Promise<void> => {
    while (performance.now() - began < milliseconds) {
      await run()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, work))
  return done / ((performance.now() - began) / 1000)
}

/** How many times as fast the first was as the second, round by round. */
export function ratioOf(rates: Rates, first: string, second: string): Quartiles {
  const over = rates.get(second) ?? []
  return quartilesOf(
    (rates.get(first) ?? []).map((rate, round) => rate / (over[round] ?? Number.NaN)),
  )
}
