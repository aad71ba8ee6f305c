import type { MindmeshAuth } from '@mindmesh/auth'
import { StoreError } from '@mindmesh/auth/ports'
import { expect } from 'vitest'
import type { StoredRows } from '../engines/stored-rows.ts'
import { outcomeOf } from '../support/code-of.ts'
import type { TestInstance } from '../support/instance.ts'
import { scenariosByEvent } from '../support/scenarios.ts'
import { expectSettled } from '../support/settle.ts'

/** A trouble that begins and ends when a test says so. */
export interface Trouble {
  /** The instance that is to meet it. */
  readonly troubled: MindmeshAuth
  begin(): Promise<void>
  end(): Promise<void>
}

type FlowName = keyof typeof scenariosByEvent

/** Register, both steps of signing in, refresh, and reset, by the events that they are written with. */
export const mainFlows: readonly FlowName[] = [
  'REGISTRATION_SUCCESS',
  'OTP_SENT',
  'LOGIN_SUCCESS',
  'SESSION_REFRESHED',
  'PASSWORD_RESET_COMPLETED',
]

/**
 * A flow on a database that cannot be written to is refused with a `StoreError`, and leaves every row as it was; once
 * the database is well the same call is answered, and everybody gets in.
 */
export async function expectRefusedWhole(
  name: FlowName,
  t: TestInstance,
  { trouble, rows }: { readonly trouble: Trouble; readonly rows: () => Promise<StoredRows> },
): Promise<void> {
  const { id } = await t.register('anna')
  const [scenario] = scenariosByEvent[name]
  const attempt = await scenario(t, id)
  await t.mindmesh.mail.deliverDue()
  const before = await rows()
  await trouble.begin()
  await expect(attempt(trouble.troubled)).rejects.toBeInstanceOf(StoreError)
  expect(await rows()).toEqual(before)
  await trouble.end()
  await outcomeOf(attempt(trouble.troubled))
  await expectSettled(t, rows)
}
