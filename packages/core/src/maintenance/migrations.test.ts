import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { ConfigError } from '../errors.ts'
import type { Migration } from '../ports/store.ts'
import { applyMigrations, listMigrations } from './migrations.ts'

/** A store that ships these steps, and notes whether it was told to apply them. */
function contextOf(steps: readonly Migration[] | null): { context: Context; applied: string[] } {
  const applied: string[] = []
  const apply = async (): Promise<void> => void applied.push('apply')
  const migrations = steps === null ? undefined : { list: async () => steps, apply }
  return { context: { store: { migrations } } as unknown as Context, applied }
}

const DONE = { name: '0000_initial', statements: ['create table a'], isApplied: true }
const OPEN = { name: '0001_more', statements: ['create table b'], isApplied: false }

test('migrations: what is pending is applied and given, and nothing is asked where nothing is', async () => {
  const { context, applied } = contextOf([DONE, OPEN])
  expect(await listMigrations(context)).toEqual([DONE, OPEN])
  expect(await applyMigrations(context)).toEqual([{ ...OPEN, isApplied: true }])
  expect(applied).toEqual(['apply'])
  const none = contextOf([DONE])
  expect(await applyMigrations(none.context)).toEqual([])
  expect(none.applied).toEqual([])
})

test('migrations: where another tool changes the tables there are none, and none can be applied', async () => {
  const { context } = contextOf(null)
  expect(await listMigrations(context)).toBeNull()
  await expect(applyMigrations(context)).rejects.toThrow(ConfigError)
})
