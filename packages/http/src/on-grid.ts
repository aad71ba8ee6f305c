import { setTimeout as wait } from 'node:timers/promises'

/** Much more than what the ends of a flow differ by, and too short to annoy. */
const STEP_MS = 200

/**
 * What `work` gives, or throws, not at once but at the next full step since it began. Of two ends of a flow that
 * differ by some milliseconds, such as telling the owner of a taken address, nothing shows on the clock.
 */
export async function onGrid<Result>(work: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    const taken = performance.now() - start
    await wait(Math.ceil(taken / STEP_MS) * STEP_MS - taken)
  }
}
