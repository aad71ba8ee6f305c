import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, StoreError } from '@mindmesh/auth/ports'

/** Thrown inside a transaction to undo it and to give this outcome to the caller instead of an error. */
export class Rollback<Outcome> extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('The step was undone.')
    this.outcome = outcome
  }
}

const MAX_TRIES = 8

/**
 * Runs a step, and runs it again after a growing, random pause where it failed for a reason that passes (a deadlock, a
 * lock that was not given) and left nothing written. Everything else that the driver throws becomes a `StoreError`
 * that names the operation, with the driver's own error as its cause.
 */
export async function attempt<Outcome>(
  operation: string,
  isTransient: (error: unknown) => boolean,
  work: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Rollback) return error.outcome
      if (error instanceof ConfigError) throw error
      if (!isTransient(error) || tries === MAX_TRIES) {
        throw new StoreError(operation, { cause: rootOf(error) })
      }
      await sleep(randomInt(1, 5 * 2 ** tries))
    }
  }
}

/** The driver's own error: drizzle wraps it, and prints the statement with its parameters in the wrapper's message. */
export function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error
}

/** The `code` of the driver's error, or an empty text. */
export function codeOf(error: unknown): string {
  const root = rootOf(error)
  return root instanceof Error && 'code' in root ? String(root.code) : ''
}
