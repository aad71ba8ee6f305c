import type { AuthEvent } from '@mindmesh/auth/ports'
import { ALL } from '../arrange.ts'
import type { ContractCase, ContractContext, ContractGroup } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'

/** How many calls a race has. */
export const RACERS = 32

/**
 * Many calls at once, in one process or in several: what they start from and what they answer can be handed from one
 * process to another (`structuredClone`). They can be made again and again on one store.
 */
export interface CallsAtOnce<Context, Start = unknown, Outcome = unknown> {
  /** Unique. */
  readonly name: string
  /** Brings the store to the start and gives what every caller is told. */
  prepare(context: Context): Promise<Start>
  /** The call of one caller; `index` is 0 to 31. */
  call(context: Context, start: Start, index: number): Promise<Outcome>
  /** Throws a `ContractViolation` unless the outcomes, in the order of their index, and the store are as they must be. */
  judge(context: Context, start: Start, outcomes: readonly Outcome[]): Promise<void>
}

/** Calls of a store at once. Its name is `<what>: <behaviour in the present tense>`. */
export interface Race<Start = unknown, Outcome = unknown> extends CallsAtOnce<
  ContractContext,
  Start,
  Outcome
> {
  readonly group: ContractGroup
}

/** A race whose types are forgotten, for lists. */
export function defineRace<Start, Outcome>(race: Race<Start, Outcome>): Race {
  return race
}

/** Runs a race once within this process. */
export async function runRace<Context>(
  race: CallsAtOnce<Context>,
  context: Context,
): Promise<void> {
  const start = await race.prepare(context)
  const indexes = Array.from({ length: RACERS }, (_, index) => index)
  const outcomes = await Promise.all(indexes.map(async (index) => race.call(context, start, index)))
  await race.judge(context, start, outcomes)
}

/** Each race as a case that runs it once. */
export function casesOfRaces(races: readonly Race[]): readonly ContractCase[] {
  return races.map((race) => ({
    name: race.name,
    group: race.group,
    run: async (context) => runRace(race, context),
  }))
}

/** Throws unless exactly one caller was told `won`, and all others `lost`. Gives the winner's index. */
export function expectOneWinner(
  outcomes: readonly unknown[],
  { won, lost }: { readonly won: string; readonly lost: string },
): number {
  expectEqual(countOf(outcomes, won), 1, `how many were told ${won}`)
  expectEqual(countOf(outcomes, lost), outcomes.length - 1, `how many were told ${lost}`)
  return outcomes.indexOf(won)
}

/** The events of one person: a race leaves one for each call that won. */
export async function eventsOf(
  { store }: ContractContext,
  userId: string,
): Promise<readonly AuthEvent[]> {
  return store.events.list({ userId, type: null, from: null, before: null, limit: ALL })
}
