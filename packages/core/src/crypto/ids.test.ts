import { expect, test } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { settableClock } from '../testing/settable-clock.ts'
import { createIdSource, lowestIdAt } from './ids.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function msOf(id: string): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16)
}

test('ids: are UUIDv7 of the present millisecond', () => {
  const clock = settableClock(new Date('2026-05-04T03:02:01.123Z'))
  const id = createIdSource(clock, seededRandom('ids')).next()
  expect(id).toMatch(UUID_V7)
  expect(msOf(id)).toBe(clock.now().getTime())
})

test('ids: keep the order in which they were made, within a millisecond and past its counter', () => {
  const clock = settableClock()
  const source = createIdSource(clock, seededRandom('ids'))
  const made = Array.from({ length: 10_000 }, () => source.next())
  expect(made.every((id) => UUID_V7.test(id))).toBe(true)
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(10_000)
  // 12 bits of counter a millisecond: the third one is the last that is borrowed from.
  expect(msOf(made.at(-1) ?? '') - clock.now().getTime()).toBeLessThanOrEqual(3)
})

test('ids: keep their order where the clock is set back a little, and follow it where it is set back far', () => {
  const clock = settableClock()
  const source = createIdSource(clock, seededRandom('ids'))
  const first = source.next()
  clock.advance({ seconds: -10 })
  const second = source.next()
  expect(second > first).toBe(true)
  clock.advance({ seconds: -1 })
  const third = source.next()
  expect(msOf(third)).toBe(clock.now().getTime())
  expect(third < first).toBe(true)
})

test('ids: differ between sources of one millisecond', () => {
  const clock = settableClock()
  const ids = ['a', 'b', 'c'].map((seed) => createIdSource(clock, seededRandom(seed)).next())
  expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(3)
})

test('ids: the lowest of a millisecond is above all before it and below all of it', () => {
  const clock = settableClock()
  const source = createIdSource(clock, seededRandom('ids'))
  const before = source.next()
  clock.advance({ seconds: 0.001 })
  const bound = lowestIdAt(clock.now())
  const after = source.next()
  expect(bound).toMatch(UUID_V7)
  expect([after, bound, before].toSorted()).toEqual([before, bound, after])
  expect(lowestIdAt(new Date(-1))).toBe(lowestIdAt(new Date(0)))
  const latest = lowestIdAt(new Date(8_640_000_000_000_000))
  expect(latest).toMatch(UUID_V7)
  expect(latest > after).toBe(true)
})
