import type { AuthStore } from '@mindmesh/auth/ports'
import { fixtures, type Fixtures, type ProfileSource } from './fixtures.ts'

/** The part of the port that a case is about. */
export type ContractGroup =
  | 'users'
  | 'sessions'
  | 'codes'
  | 'accounts'
  | 'rateLimits'
  | 'events'
  | 'outbox'
  | 'store'

/** What a case may use: an empty store, a moment, and a maker of rows around it. */
export interface ContractContext {
  readonly store: AuthStore
  /** Not on a whole second, so that a store that loses milliseconds is found out. */
  readonly now: Date
  readonly make: Fixtures
}

/** One thing that a store must do, as plain data: any test runner can take it. */
export interface ContractCase {
  /** `<what>: <behaviour in the present tense>`. Unique. */
  readonly name: string
  readonly group: ContractGroup
  /** Resolves if the store does it. Rejects with a `ContractViolation`, or with what the store threw. */
  run(context: ContractContext): Promise<void>
}

/** What a context is made with. */
export interface ContractContextOptions {
  /** The columns that the app's users table requires. @default {} */
  readonly profile?: ProfileSource
  /** The moment that counts as now. @default 2026-03-01T12:00:00.123Z */
  readonly now?: Date
  /** 0 to 4095: contexts that share a store, in one process or in several, differ in it, and so do their rows. @default 0 */
  readonly series?: number
}

/** The context of one case. The store's tables must be empty, and each case needs its own. */
export function contractContext(
  store: AuthStore,
  options: ContractContextOptions = {},
): ContractContext {
  const now = options.now ?? new Date('2026-03-01T12:00:00.123Z')
  return { store, now, make: fixtures(now, options) }
}

/** Cases of one group from their names and bodies. */
export function casesOf(
  group: ContractGroup,
  bodies: Readonly<Record<string, ContractCase['run']>>,
): readonly ContractCase[] {
  return Object.entries(bodies).map(([name, run]) => ({ name, group, run }))
}
