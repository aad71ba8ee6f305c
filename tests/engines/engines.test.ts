import type { AuthStore } from '@mindmesh/auth/ports'
import { describe, expect, test } from 'vitest'
import { engines } from '../engines.ts'
import { testInstance } from '../support/instance.ts'

async function addressesIn(store: AuthStore): Promise<readonly string[]> {
  return (await store.users.list({ after: null, limit: 10 })).map((user) => user.email)
}

async function addAnna(store: AuthStore): Promise<void> {
  const t = testInstance(store)
  await t.register('anna')
  await t.mindmesh.close()
}

describe.each(engines)('engine $name', (engine) => {
  test('a store is empty, whatever an earlier one was given', async () => {
    const first = await engine.open()
    await addAnna(first.store)
    expect(await addressesIn(first.store)).toEqual(['anna@example.com'])
    await first.close()
    const second = await engine.open()
    expect(await addressesIn(second.store)).toEqual([])
    await addAnna(second.store)
    await second.close()
  })

  test('two stores that are open at once see nothing of each other', async () => {
    const [one, two] = await Promise.all([engine.open(), engine.open()])
    await addAnna(one.store)
    expect(await addressesIn(two.store)).toEqual([])
    await one.close()
    await two.close()
  })

  test('a dump shows the rows that are there', async () => {
    const opened = await engine.open()
    await addAnna(opened.store)
    expect(await opened.dump()).toContain('anna@example.com')
    await opened.close()
  })
})
