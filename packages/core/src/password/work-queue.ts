import { AuthError } from '../errors.ts'

/** Runs costly work, a bounded number at once; the excess waits in a bounded line. */
export interface WorkQueue {
  /** Throws `busy` at once where the line is full. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

/** What one task is reckoned to take, for the time to retry that a turned-away caller is told. */
const SECONDS_PER_TASK = 0.1

/** A first-come, first-served line: a storm of sign-ins neither eats the memory nor starves the event loop. */
export function createWorkQueue(options: {
  readonly maxConcurrent: number
  readonly maxQueued: number
}): WorkQueue {
  const waiting: (() => void)[] = []
  let running = 0

  const enter = async (): Promise<void> => {
    if (running < options.maxConcurrent) {
      running += 1
      return
    }
    if (waiting.length >= options.maxQueued) throw busy(waiting.length, options.maxConcurrent)
    // The place is handed over by `leave`, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async run(work) {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}

function busy(waiting: number, atOnce: number): AuthError {
  const retryAfterSeconds = Math.max(1, Math.ceil((waiting * SECONDS_PER_TASK) / atOnce))
  return new AuthError('busy', { retryAfterSeconds })
}
