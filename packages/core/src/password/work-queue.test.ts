import { expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import { createWorkQueue } from './work-queue.ts'

/** Work that goes on until it is told to end. */
function pending(): { readonly work: () => Promise<void>; readonly end: () => void } {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { work: async () => ended, end: () => end() }
}

test('work queue: runs so many at once, the rest in the order in which they came', async () => {
  const queue = createWorkQueue({ maxConcurrent: 2, maxQueued: 100 })
  const begun: number[] = []
  let running = 0
  let most = 0
  const tasks = Array.from({ length: 20 }, (_, n) =>
    queue.run(async () => {
      begun.push(n)
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return n
    }),
  )
  expect(await Promise.all(tasks)).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(begun).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(most).toBe(2)
})

test('work queue: one more than may wait is told busy, with the seconds to wait', async () => {
  const queue = createWorkQueue({ maxConcurrent: 1, maxQueued: 25 })
  const first = pending()
  const running = queue.run(first.work)
  const waiting = Array.from({ length: 25 }, async () => queue.run(async () => 'done'))
  const refused: unknown = await queue.run(async () => 'never').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AuthError)
  expect(refused).toMatchObject({ code: 'busy', status: 503, retryAfterSeconds: 3 })
  first.end()
  await running
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 25 }, () => 'done'))
  expect(await queue.run(async () => 'again')).toBe('again')
})

test('work queue: where nobody may wait, the time to retry is still a second', async () => {
  const queue = createWorkQueue({ maxConcurrent: 1, maxQueued: 0 })
  const first = pending()
  const running = queue.run(first.work)
  await expect(queue.run(async () => undefined)).rejects.toMatchObject({ retryAfterSeconds: 1 })
  first.end()
  await running
})

test('work queue: a failure gives its place to the next, and reaches its own caller only', async () => {
  const queue = createWorkQueue({ maxConcurrent: 1, maxQueued: 10 })
  const failed = queue.run(async () => Promise.reject(new Error('no memory')))
  const next = queue.run(async () => 'done')
  await expect(failed).rejects.toThrow('no memory')
  expect(await next).toBe('done')
})
