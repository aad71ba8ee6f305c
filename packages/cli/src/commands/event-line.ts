import type { AuthEvent } from '@mindmesh/auth'

/** What an event says besides its type and person, on one line. */
export function eventLine(event: Pick<AuthEvent, 'metadata'>): string {
  return Object.entries(event.metadata)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
}
