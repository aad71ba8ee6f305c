import type { AuthStore } from '@mindmesh/auth/ports'
import { expect } from 'vitest'
import { failingEffects } from '../support/failing-effects.ts'
import type { FlowTest } from '../support/flow-test.ts'
import type { TestInstance } from '../support/instance.ts'
import {
  scenariosByEvent,
  scenariosByMail,
  withOAuth,
  type EarlierSteps,
  type Scenario,
} from '../support/scenarios.ts'

/** A change, its event and its mail are written together or not at all. */
export function atomicity(test: FlowTest): void {
  test.for(Object.entries(scenariosByEvent))(
    'atomic: where %s cannot be written, nothing else is',
    async ([type, [scenario, earlier]], { t }) => {
      await expectNothing(t, { scenario, earlier, isBroken: (row) => row.type === type })
    },
  )

  test.for(Object.entries(scenariosByMail))(
    'atomic: where the mail %s cannot be written, nothing else is',
    async ([template, [scenario, earlier]], { t }) => {
      await expectNothing(t, { scenario, earlier, isBroken: (row) => row.template === template })
    },
  )
}

async function expectNothing(
  t: TestInstance,
  input: {
    readonly scenario: Scenario
    readonly earlier: EarlierSteps | undefined
    readonly isBroken: Parameters<typeof failingEffects>[1]
  },
): Promise<void> {
  const { id } = await t.register('anna')
  const attempt = await input.scenario(t, id)
  await t.mindmesh.mail.deliverDue()
  const { spends, leaves } = input.earlier ?? {}
  const before = await stateOf(t.store, spends)
  // Events of two instances sort by their time.
  t.clock.advance({ seconds: 1 })
  const broken = withOAuth({ ...t, store: failingEffects(t.store, input.isBroken) })
  await expect(attempt(broken.mindmesh)).rejects.not.toHaveProperty('name', 'AuthError')
  const after = await stateOf(t.store, spends)
  expect(after.people).toEqual(before.people)
  const extra = after.events.slice(0, after.events.length - before.events.length)
  expect(extra.map((event) => event.type)).toEqual(leaves === undefined ? [] : [leaves])
  expect(after.events.slice(extra.length)).toEqual(before.events)
  expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
  expect(await broken.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
  // The store was the only thing in the way.
  const healthy = withOAuth(t)
  if (spends === undefined) await attempt(healthy.mindmesh).catch(assertAuthError)
}

function assertAuthError(error: unknown): void {
  expect(error).toHaveProperty('name', 'AuthError')
}

/** Everything that a store tells of people, sessions, codes (but for used ones) and events. */
async function stateOf(store: AuthStore, spends: string | undefined) {
  const users = await store.users.list({ after: null, limit: 100 })
  const perUser = users.map(async ({ id }) => ({
    credentials: await store.users.findCredentials(id),
    sessions: await store.sessions.listAll(id),
    identities: await store.accounts.listByUser(id),
    codes: (await store.codes.listByUser(id)).filter((code) => code.purpose !== spends),
  }))
  const query = { userId: null, type: null, from: null, before: null, limit: 1000 }
  return { people: await Promise.all(perUser), events: await store.events.list(query) }
}
