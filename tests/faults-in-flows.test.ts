import { AuthError } from '@mindmesh/auth'
import { StoreError } from '@mindmesh/auth/ports'
import { describe, expect, test } from 'vitest'
import { engines, type Engine } from './engines.ts'
import { outcomeOf } from './support/code-of.ts'
import { faultyCalls, type CallFault } from './support/faulty-calls.ts'
import { testInstance } from './support/instance.ts'
import { brokenInvariants } from './support/invariants/broken-invariants.ts'
import { orNone } from './support/or-none.ts'
import { OAUTH, scenariosByEvent, type Scenario } from './support/scenarios.ts'
import { expectSettled } from './support/settle.ts'

/** `tests/faults.test.ts` breaks each statement of each engine; here it is the calls, which are the same on all. */
const quick = engines.filter(({ name }) => name === 'memory' || name === 'sqlite')

/** A flow for Anna, and all that can be told of how it ended. */
async function open(engine: Engine, scenario: Scenario) {
  const opened = await engine.open()
  const t = testInstance(opened.store)
  const calls = faultyCalls(opened.store, t.mailer)
  const faulty = testInstance(calls.store, { ...OAUTH, clock: t.clock, mailer: calls.mailer })
  const { id } = await t.register('anna')
  const attempt = await scenario(t, id)
  await t.mindmesh.mail.deliverDue()
  return {
    t,
    calls,
    rows: opened.rows,
    close: opened.close,
    /** The flow with the mail that it sends; gives what was thrown. */
    async run(): Promise<readonly unknown[]> {
      const thrown: unknown[] = []
      await attempt(faulty.mindmesh).catch((error: unknown) => thrown.push(error))
      await faulty.mindmesh.mail.deliverDue().catch((error: unknown) => thrown.push(error))
      return thrown
    },
    retry: async () => attempt(faulty.mindmesh),
  }
}

/** One fault in one flow. */
async function expectSurvived(engine: Engine, scenario: Scenario, fault: CallFault): Promise<void> {
  const flow = await open(engine, scenario)
  flow.calls.arm(fault)
  const thrown = await flow.run()
  flow.calls.disarm()
  expect(thrown.filter((error) => !isTold(error))).toEqual([])
  expect(brokenInvariants(await flow.rows())).toEqual([])
  // Whoever tries the same again is answered, if only that it is done already.
  await outcomeOf(flow.retry())
  await expectSettled(flow.t, flow.rows)
  await flow.close()
}

function isTold(error: unknown): boolean {
  return error instanceof AuthError || error instanceof StoreError
}

describe.each(orNone(quick))('faults in flows on $name', (engine) => {
  test.each(Object.entries(scenariosByEvent))(
    '%s: each call fails once before and once after it took effect, and the flow is whole or not there',
    async (_, [scenario]) => {
      const healthy = await open(engine, scenario)
      healthy.calls.arm(null)
      await healthy.run()
      const count = healthy.calls.disarm()
      await healthy.close()
      expect(count).toBeGreaterThan(1)
      for (let call = 1; call <= count; call += 1) {
        for (const when of ['before', 'after'] as const) {
          await expectSurvived(engine, scenario, { call, when })
        }
      }
    },
  )
})
