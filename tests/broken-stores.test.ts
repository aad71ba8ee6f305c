import { contractCases, contractContext, memoryStore } from '@mindmesh/auth-adapter-kit'
import { describe, expect, test } from 'vitest'
import { wrappedStores } from './broken-stores/wrapped.ts'

/** The contract is worth what it finds: each of these stores has one fault, and one named case must find it. */
describe('broken stores', () => {
  test.each(wrappedStores)('$name', async ({ caughtBy, breakIt }) => {
    const found = contractCases.find((each) => each.name === caughtBy)
    if (found === undefined) throw new Error(`There is no case "${caughtBy}".`)
    expect(await found.run(contractContext(memoryStore()))).toBeUndefined()
    await expect(found.run(contractContext(breakIt(memoryStore())))).rejects.toMatchObject({
      name: expect.stringMatching(/^(ContractViolation|StoreError)$/),
    })
  })
})
