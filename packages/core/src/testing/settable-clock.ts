import type { Clock } from '../ports/services.ts'

/** A clock that moves only when a test moves it. */
export interface SettableClock extends Clock {
  set(at: Date): void
  /** Forwards, or back where negative. */
  advance(by: {
    readonly seconds?: number
    readonly minutes?: number
    readonly hours?: number
  }): void
}

/** A clock that stands still at `start`. @default 2026-01-01T00:00:00Z */
export function settableClock(start: Date = new Date('2026-01-01T00:00:00.000Z')): SettableClock {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    set: (at) => {
      now = at.getTime()
    },
    advance: ({ seconds = 0, minutes = 0, hours = 0 }) => {
      now += ((hours * 60 + minutes) * 60 + seconds) * 1000
    },
  }
}
