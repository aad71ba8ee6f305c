import { expect, test } from 'vitest'
import { isLeftOver, isOfRun, newDatabaseName, newRunId } from './database-name.ts'

const NOW = new Date('2026-01-02T03:04:05Z')
const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000)

test('database names: no two are alike, and each is plain enough for every server', () => {
  const names = Array.from({ length: 100 }, () => newDatabaseName(newRunId(), NOW))
  expect(new Set(names).size).toBe(100)
  for (const name of names) expect(name).toMatch(/^mindmesh_test_[a-z0-9_]{1,50}$/)
})

test('database names: a run knows its own', () => {
  const [mine, other] = [newRunId(), newRunId()]
  expect(isOfRun(newDatabaseName(mine, NOW), mine)).toBe(true)
  expect(isOfRun(newDatabaseName(other, NOW), mine)).toBe(false)
})

test('database names: only one of ours, and only an old one, is left over', () => {
  const name = newDatabaseName(newRunId(), NOW)
  expect(isLeftOver(name, later(59))).toBe(false)
  expect(isLeftOver(name, later(61))).toBe(true)
  for (const foreign of ['mindmesh', 'mindmesh_test', 'mindmesh_test_of_a_colleague', `x${name}`])
    expect(isLeftOver(foreign, later(61))).toBe(false)
})
