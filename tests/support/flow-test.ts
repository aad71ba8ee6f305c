import type { AuthStore } from '@mindmesh/auth/ports'
import { test as base, type TestAPI } from 'vitest'
import type { Engine, OpenStore } from '../engines.ts'
import { testInstance, type TestInstance } from './instance.ts'

/** What each test of a flow is given. */
interface FlowFixtures {
  /** What the engine opened. */
  readonly opened: OpenStore
  /** A fresh store. */
  readonly store: AuthStore
  /** An instance on it. */
  readonly t: TestInstance
  /** Every row of every table, as text. */
  readonly dump: OpenStore['dump']
}

/** `test` for the flows of one engine: each test has a store of its own. */
export type FlowTest = TestAPI<FlowFixtures>

/** Makes the `test` of an engine. */
export function flowTest(engine: Engine): FlowTest {
  return base.extend<FlowFixtures>({
    // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures are needed
    opened: async ({}, use) => {
      const opened = await engine.open()
      await use(opened)
      await opened.close()
    },
    store: async ({ opened }, use) => use(opened.store),
    dump: async ({ opened }, use) => use(opened.dump),
    t: async ({ store }, use) => {
      const t = testInstance(store)
      await use(t)
      await t.mindmesh.close()
    },
  })
}
