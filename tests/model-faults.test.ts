import { describe, expect, test } from 'vitest'
import { dialects } from './engines.ts'
import { checkHistories } from './model/check-histories.ts'

describe.each(dialects)('model on $name', (engine) => {
  test('with faults, providers and a clock set back, every call comes to what the reference store says', async () => {
    await expect(checkHistories(engine, 'troubled')).resolves.toBeUndefined()
  })
})
