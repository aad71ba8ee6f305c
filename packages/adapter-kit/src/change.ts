import type { Effects } from '@mindmesh/auth/ports'
import {
  casesOf,
  type ContractCase,
  type ContractContext,
  type ContractGroup,
} from './contract-case.ts'
import { expectEqual, expectStoreError } from './expect.ts'
import { expectUnwritten, expectWritten, snapshotOf } from './written.ts'

/** A call that is ready to be made. */
export interface Attempt {
  /** Whose code goes along as an effect. */
  readonly userId: string | null
  /** What the call must answer: its status, a count, or nothing. */
  readonly outcome: string | number | undefined
  act(effects: Effects): Promise<unknown>
}

/** Brings a store to where the call can be made. */
export type Arrange = (context: ContractContext) => Promise<Attempt>

/** A method that takes effects, with the ways to win and to lose it. */
export interface Change {
  /** The method and, where it has several ways to win, which one. */
  readonly name: string
  /** What a `StoreError` of it names. */
  readonly operation: string
  readonly group: ContractGroup
  readonly win: Arrange
  /** By what the loser is up against. */
  readonly lose: Readonly<Record<string, Arrange>>
}

/** What holds for every change: both it and its effects are written, or neither. */
export function casesOfChange(change: Change): readonly ContractCase[] {
  const losers = Object.entries(change.lose).map(
    ([why, arrange]) =>
      [`${change.name}: writes nothing where ${why}`, losing(change, arrange)] as const,
  )
  return casesOf(change.group, {
    [`${change.name}: writes its effects together with the change`]: winning(change),
    [`${change.name}: leaves nothing written where one of its effects fails`]: failing(
      change,
      'event',
    ),
    [`${change.name}: leaves nothing written where one of its mails fails`]: failing(
      change,
      'mail',
    ),
    ...Object.fromEntries(losers),
  })
}

function winning(change: Change): ContractCase['run'] {
  return async (context) => {
    const attempt = await change.win(context)
    const effects = context.make.effects(attempt.userId)
    expectEqual(await attempt.act(effects), attempt.outcome, change.name)
    await expectWritten(context, effects)
  }
}

/** Fails one row among the effects, whose id is there already: whatever the store writes before it is to be undone. */
function failing(change: Change, what: 'event' | 'mail'): ContractCase['run'] {
  return async (context) => {
    const attempt = await change.win(context)
    const [event, mail] = [context.make.event(), context.make.mail()]
    await context.store.events.append([event], [mail])
    const effects = context.make.effects(attempt.userId)
    const before = await snapshotOf(context)
    const broken =
      what === 'event'
        ? { ...effects, events: [...effects.events, { ...event, type: 'LOGOUT' as const }] }
        : { ...effects, mails: [...effects.mails, mail] }
    await expectStoreError(attempt.act(broken), change.operation, [
      event.id,
      mail.id,
      ...effects.codes.map((code) => code.secretHash),
    ])
    expectEqual(await snapshotOf(context), before, `what is stored after ${change.name} failed`)
    await expectUnwritten(context, effects)
    // The same call with sound effects: what failed did not use anything up.
    expectEqual(await attempt.act(effects), attempt.outcome, `${change.name} after it failed`)
  }
}

function losing(change: Change, arrange: Arrange): ContractCase['run'] {
  return async (context) => {
    const attempt = await arrange(context)
    const effects = context.make.effects(attempt.userId)
    const before = await snapshotOf(context)
    expectEqual(await attempt.act(effects), attempt.outcome, change.name)
    expectEqual(await snapshotOf(context), before, `what is stored after ${change.name} lost`)
    await expectUnwritten(context, effects)
  }
}
