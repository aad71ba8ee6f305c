import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, StoreError } from '@mindmesh/auth/ports'
import { withoutArguments } from './driver-error.ts'

/** Thrown inside a transaction to undo it; what it decides when it is undone is given to the caller instead of an error. */
export class Rollback<Outcome> extends Error {
  readonly decide: () => Outcome | Promise<Outcome>

  constructor(decide: () => Outcome | Promise<Outcome>) {
    super('The step was undone.')
    this.decide = decide
  }
}

const MAX_TRIES = 8

/**
 * Runs a step, and runs it again after a growing, random pause where it failed for a reason that passes (a deadlock, a
 * lock that was not given) and left nothing written. Everything else that Prisma throws becomes a `StoreError` that
 * names the operation; its cause says what the database said, and holds no statement and no argument.
 */
export async function attempt<Outcome>(
  operation: string,
  isTransient: (error: unknown) => boolean,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await orDecision(work)
    } catch (error) {
      if (error instanceof ConfigError) throw error
      if (!isTransient(error) || tries === MAX_TRIES) {
        throw new StoreError(operation, { cause: withoutArguments(error) })
      }
      await sleep(randomInt(1, 5 * 2 ** tries))
    }
  }
}

async function orDecision<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Rollback) return error.decide()
    throw error
  }
}
