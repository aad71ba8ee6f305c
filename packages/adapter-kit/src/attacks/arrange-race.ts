import { randomUUID } from 'node:crypto'
import type { AuthEventType } from '@mindmesh/auth'
import { countOf, expectEqual } from '../expect.ts'
import type { AttackContext } from './attack-context.ts'

/** Somebody of their own for each time that a race is run, some minutes after the last. */
export async function somebody(c: AttackContext): Promise<{ id: string; email: string }> {
  c.clock.advance({ minutes: 11 })
  return c.register(`p${randomUUID().slice(0, 13)}`)
}

/** How many events of a type there are of a person. */
export async function eventsOf(
  c: AttackContext,
  userId: string,
  type: AuthEventType,
): Promise<number> {
  return (await c.app.events.list({ userId, type, limit: 500 })).items.length
}

/** Throws a `ContractViolation` unless one call went on and all others got one of these codes. */
export function expectOneOk(outcomes: readonly string[], lost: readonly string[]): void {
  expectEqual(countOf(outcomes, 'ok'), 1, 'how many went on')
  const others = outcomes.filter((outcome) => outcome !== 'ok' && !lost.includes(outcome))
  expectEqual(others, [], 'answers of the others')
}
