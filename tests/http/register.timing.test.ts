import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { ANNA, openSite } from './support/site.ts'

const ROUNDS = 9
/** Much more than telling the owner really takes. */
const LONGER_MS = 40

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

test('register: the clock does not tell a taken address, even where telling its owner is slow', async () => {
  const site = openSite()
  await site.register('anna')
  const { rateLimits } = site.store
  const hit = rateLimits.hit.bind(rateLimits)
  let slowed = 0
  Object.assign(rateLimits, {
    async hit(input: Parameters<typeof hit>[0]) {
      slowed += 1
      await wait(LONGER_MS)
      return hit(input)
    },
  })
  const timeOf = async (email: string): Promise<number> => {
    const start = performance.now()
    await site.send('/register', { body: { email, password: PASSWORD } })
    return performance.now() - start
  }
  const taken: number[] = []
  const fresh: number[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    taken.push(await timeOf(ANNA))
    fresh.push(await timeOf(`new-${n}@example.com`))
  }
  expect(slowed).toBe(ROUNDS)
  expect(Math.abs(median(taken) - median(fresh))).toBeLessThan(LONGER_MS / 2)
  await site.mindmesh.close()
})
