import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { describe, expect, test } from 'vitest'
import { dialects, engines } from './engines.ts'

/** PGlite is PostgreSQL under the same store: it need not pass beside a server, but in a thorough run. */
const stores = engines.filter((engine) => engine.name !== 'pglite' || dialects.includes(engine))

describe.each(stores)('contract on $name', (engine) => {
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
