import type { Effects } from '@mindmesh/auth/ports'
import type { Attempt, Change } from './change.ts'
import type { ContractContext } from './contract-case.ts'
import { ContractViolation } from './contract-violation.ts'
import { areEqual, expectEqual } from './expect.ts'
import { expectUnwritten, expectWritten, snapshotOf, type Snapshot } from './written.ts'

/** A fault in the connection: what was sent as the n-th statement fails before it took effect, or after. */
export interface Fault {
  /** From 1. */
  readonly statement: number
  readonly when: 'before' | 'after'
}

/** What a test can do to the statements of the store's driver. */
export interface FaultInjector {
  /** Counts anew from here on, and makes one statement fail. */
  arm(fault: Fault | null): void
  /** No more faults. Gives how many statements were seen since `arm`. */
  disarm(): number
}

/** How many statements a change sends where nothing fails. */
export async function countStatements(
  change: Change,
  context: ContractContext,
  injector: FaultInjector,
): Promise<number> {
  const attempt = await change.win(context)
  const effects = context.make.effects(attempt.userId)
  injector.arm(null)
  await attempt.act(effects)
  return injector.disarm()
}

/**
 * Makes a change whose connection fails, on an empty store. Throws a `ContractViolation` unless both the change and
 * its effects are written, or neither; unless a call that succeeded all the same wrote both; and unless the same call
 * goes through afterwards where nothing was written.
 */
export async function checkFault(
  change: Change,
  context: ContractContext,
  { injector, fault }: { readonly injector: FaultInjector; readonly fault: Fault },
): Promise<void> {
  const attempt = await change.win(context)
  const effects = context.make.effects(attempt.userId)
  const before = await snapshotOf(context)
  injector.arm(fault)
  const answer = await answerOf(change, attempt, effects)
  injector.disarm()
  if (await isWritten(context, change, { before, effects })) {
    await expectWritten(context, effects)
    return
  }
  expectEqual(answer, 'failed', `${change.name}: the answer of a call that wrote nothing`)
  expectEqual(await snapshotOf(context), before, `what is stored after ${change.name} failed`)
  expectEqual(await attempt.act(effects), attempt.outcome, `${change.name} after it failed`)
  await expectWritten(context, effects)
}

async function answerOf(
  change: Change,
  attempt: Attempt,
  effects: Required<Effects>,
): Promise<'succeeded' | 'failed'> {
  try {
    // Tried again by the store itself, a call may find that its first try did take effect: it is then told that it lost.
    await attempt.act(effects)
    return 'succeeded'
  } catch (error) {
    const isTold = error instanceof Error && error.name === 'StoreError'
    if (!isTold)
      throw new ContractViolation(change.name, { expected: 'a StoreError', actual: error })
    return 'failed'
  }
}

/** Whether the change was made, seen from its event; throws where the event is there and the change is not. */
async function isWritten(
  context: ContractContext,
  change: Change,
  { before, effects }: { readonly before: Snapshot; readonly effects: Required<Effects> },
): Promise<boolean> {
  const now = await snapshotOf(context)
  const ids = new Set(effects.events.map((event) => event.id))
  const hasEvent = now.events.some((event) => ids.has(event.id))
  if (!hasEvent) await expectUnwritten(context, effects)
  // Mail that waits is in no snapshot.
  if (change.group === 'outbox') return hasEvent
  const codeIds = new Set(effects.codes.map((code) => code.id))
  const people = now.people.map((person) => ({
    ...person,
    codes: person.codes.filter((code) => !codeIds.has(code.id)),
  }))
  const isChanged = !areEqual(people, before.people)
  expectEqual(isChanged, hasEvent, `${change.name}: whether the change is there, as its event is`)
  return hasEvent
}
