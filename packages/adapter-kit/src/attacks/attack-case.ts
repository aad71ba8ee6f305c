import { runRace, type CallsAtOnce } from '../races/race.ts'
import type { AttackContext } from './attack-context.ts'

/** What an attack goes against. */
export type AttackGroup =
  | 'at once'
  | 'guessing'
  | 'limits'
  | 'enumeration'
  | 'input'
  | 'access tokens'
  | 'refresh tokens'
  | 'purposes'
  | 'fixation'
  | 'providers'
  | 'mail'
  | 'replay'
  | 'clock'
  | 'http'

/** One thing that an attacker tries, as plain data: any test runner can take it. */
export interface AttackCase<Context = AttackContext> {
  /** What the attacker does. Unique. */
  readonly name: string
  readonly group: AttackGroup
  /** Resolves if the attack fails. Rejects with a `ContractViolation`, or with whatever broke, if it succeeds. */
  readonly run: (context: Context) => Promise<void>
}

/** An attack that is many calls at once: in one process, or in several with `forkRacers` and {@link serveAttacks}. */
export interface AttackRace<Start = unknown, Outcome = unknown> extends CallsAtOnce<
  AttackContext,
  Start,
  Outcome
> {
  readonly group: AttackGroup
}

/** Cases of one group from what the attacker does and how it must end. */
export function attacksOf<Context = AttackContext>(
  group: AttackGroup,
  bodies: Readonly<Record<string, AttackCase<Context>['run']>>,
): readonly AttackCase<Context>[] {
  return Object.entries(bodies).map(([name, run]) => ({ name, group, run }))
}

/** One case for each of several values; `name` says it of each. */
export function attackEach<Value, Context = AttackContext>(
  group: AttackGroup,
  values: readonly Value[],
  {
    name,
    run,
  }: {
    readonly name: (value: Value) => string
    readonly run: (context: Context, value: Value) => Promise<void>
  },
): readonly AttackCase<Context>[] {
  return values.map((value) => ({
    name: name(value),
    group,
    run: async (context) => run(context, value),
  }))
}

/** A race whose types are forgotten, for lists. */
export function defineAttackRace<Start, Outcome>(race: AttackRace<Start, Outcome>): AttackRace {
  return race
}

/** Each race as a case that runs it once within this process. */
export function casesOfAttackRaces(races: readonly AttackRace[]): readonly AttackCase[] {
  return races.map((race) => ({
    name: race.name,
    group: race.group,
    run: async (context) => runRace(race, context),
  }))
}
