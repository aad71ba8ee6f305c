import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { describe, expect, test } from 'vitest'
import { engines } from './engines.ts'

describe.each(engines)('contract on $name', (engine) => {
  test.each(contractCases)('$name', async ({ run }) => {
    const { store, close } = await engine.open()
    try {
      expect(await run(contractContext(store))).toBeUndefined()
    } finally {
      await close()
    }
  })
})

test('contract: no two cases have one name', () => {
  const names = contractCases.map((each) => each.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
