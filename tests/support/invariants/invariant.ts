import type { AuthEvent, AuthEventType } from '@mindmesh/auth'
import type { StoredRows } from '../../engines/stored-rows.ts'

/** Looks for what must never be; gives a line for each thing that it finds. */
export type Invariant = (rows: StoredRows) => readonly string[]

/** The events of a person, or of a session. */
export function eventsOf(
  { events }: StoredRows,
  { userId, sessionId }: { readonly userId?: string; readonly sessionId?: string },
): readonly AuthEvent[] {
  return events.filter(
    (event) =>
      (userId === undefined || event.userId === userId) &&
      (sessionId === undefined || event.sessionId === sessionId),
  )
}

/** How many of these events are of one of these types. */
export function countOf(events: readonly AuthEvent[], types: readonly AuthEventType[]): number {
  return events.filter(({ type }) => types.includes(type)).length
}

/** One finding. */
export function problem(id: string | null, what: string): string {
  return `${id}: ${what}`
}
