import { afterEach, expect, test, vi } from 'vitest'

// The timer is replaced: what is asked for is how long it would wait.
const waits: number[] = []
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => void waits.push(milliseconds),
}))
const { onGrid } = await import('./on-grid.ts')

afterEach(() => {
  waits.length = 0
  vi.restoreAllMocks()
})

/** When an answer comes, in milliseconds since the start, after work of this length. */
async function answersAt(work: number, outcome: () => Promise<unknown>): Promise<number> {
  const now = vi.spyOn(performance, 'now').mockReturnValueOnce(1000)
  now.mockReturnValueOnce(1000 + work)
  await onGrid(outcome).catch(() => undefined)
  return work + (waits.at(-1) ?? 0)
}

test('onGrid: ends that differ by some milliseconds answer at the same time', async () => {
  const fine = async (): Promise<void> => undefined
  const failed = async (): Promise<never> => Promise.reject(new Error('no'))
  expect(await answersAt(31, fine)).toBe(200)
  expect(await answersAt(37, fine)).toBe(200)
  expect(await answersAt(34, failed)).toBe(200)
  expect(await answersAt(201, fine)).toBe(400)
})

test('onGrid: gives what the work gives, or throws what it throws', async () => {
  await expect(onGrid(async () => 'done')).resolves.toBe('done')
  await expect(onGrid(async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
