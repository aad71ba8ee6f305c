import type { Contender, Rates } from './alternate.ts'
import { ratioOf } from './alternate.ts'
import type { BenchEngine } from './engines/bench-engine.ts'
import { quartilesOf, type Quartiles } from './quartiles.ts'

/** One thing that is measured. Its name is what `pnpm bench NAME` takes. */
export interface Row {
  readonly name: string
  /** What is done, and with what it is compared, for the reader of the table. */
  readonly title: string
  /** Once for each engine, or once for all where no database takes part. */
  readonly isPerEngine: boolean
  run(engine: BenchEngine): Promise<RowResult>
}

/** What a row found. */
export interface RowResult {
  readonly figures: readonly Figure[]
  readonly verdicts: readonly Verdict[]
}

/** An absolute figure: it holds for the machine that it was measured on. */
export interface Figure {
  readonly name: string
  readonly value: Quartiles
  /** @default 'a second' */
  readonly unit?: string
}

/** A ratio and what it has to be. */
export interface Verdict {
  readonly what: string
  readonly value: Quartiles
  readonly unit?: string
  readonly bound: { readonly atMost: number } | { readonly atLeast: number }
}

/** The figures of contenders that were let work in turn. */
export function figuresOf(rates: Rates, note = ''): readonly Figure[] {
  return [...rates].map(([name, each]) => ({ name: `${name}${note}`, value: quartilesOf(each) }))
}

/** Our time is at most so many times that of a floor. */
export function costs(rates: Rates, ours: Contender, floor: Contender, atMost: number): Verdict {
  return {
    what: `time of ${ours.name} ÷ ${floor.name}`,
    value: ratioOf(rates, floor.name, ours.name),
    bound: { atMost },
  }
}

/** We do at least so many times as many a second as a peer. */
export function outruns(rates: Rates, ours: Contender, peer: Contender, atLeast: number): Verdict {
  return {
    what: `rate of ${ours.name} ÷ ${peer.name}`,
    value: ratioOf(rates, ours.name, peer.name),
    bound: { atLeast },
  }
}

/** Whether the median keeps the bound. */
export function isMet({ value, bound }: Verdict): boolean {
  return 'atMost' in bound ? value.median <= bound.atMost : value.median >= bound.atLeast
}
