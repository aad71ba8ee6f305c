import { MindmeshAuth } from '@mindmesh/auth'
import { attackCases, attackContext } from '@mindmesh/auth-adapter-kit/attacks'
import { describe, expect, test } from 'vitest'
import { engines } from './engines.ts'

describe.each(engines)('attacks on $name', (engine) => {
  test.each(attackCases.map((each) => [`${each.group}: ${each.name}`, each] as const))(
    '%s',
    async (_, { run }) => {
      const { store, close } = await engine.open()
      const context = attackContext((parts) => new MindmeshAuth({ ...parts, adapter: store }))
      try {
        expect(await run(context)).toBeUndefined()
      } finally {
        await context.app.close()
        await close()
      }
    },
  )
})

test('attacks: no two have one name, and there are enough of them', () => {
  const names = attackCases.map((each) => each.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect(names.length).toBeGreaterThanOrEqual(80)
})
