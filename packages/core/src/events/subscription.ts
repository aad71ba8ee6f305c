import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { invalidInput } from '../errors.ts'
import { parseDate, parseObject } from '../input.ts'
import { partOf } from '../part-of.ts'
import type { AuthEvent } from '../ports/entities.ts'
import { createEventReader, type EventReader } from './event-reader.ts'

/** Takes one event. What it rejects with is tried again: an event counts as taken when it resolves. */
export type EventListener = (event: AuthEvent) => Promise<void> | void

/** Keeps how far a subscription has come, so that the next process goes on from there. */
export interface EventCursor {
  /** What `save` was last given; `null` before that. */
  load(): Promise<string | null>
  save(position: string): Promise<void>
}

/** How a subscription reads. */
export interface SubscribeOptions {
  /** One for each subscription and process. @default none: each start begins with what comes from then on */
  readonly cursor?: EventCursor
  /** Where to begin if the cursor holds nothing yet. @default now */
  readonly since?: Date
  /** How often the table is looked at, 0.01 to 3600; `null`: only by `catchUp()`. @default 5 */
  readonly pollSeconds?: number | null
  /** How long after its id was made an event may be committed and is still found, clocks that differ included: 1 to 3600. @default 30 */
  readonly overlapSeconds?: number
}

/** A listener that gets events until it is closed. */
export interface EventSubscription {
  /** Hands over now what is committed, and gives how many those were. Rejects as the listener, the cursor or the store did. */
  catchUp(): Promise<number>
  /** Begins no further event and waits for the one under way. */
  close(): Promise<void>
}

/** What subscriptions need of the instance. */
export type SubscriptionContext = Pick<Context, 'store' | 'clock' | 'logger'>

/** Hands every committed event to the listener at least once; see docs/events.md for the order and for repetitions. */
export function subscribe(
  context: SubscriptionContext,
  listener: EventListener,
  options: SubscribeOptions | undefined,
): EventSubscription {
  if (typeof listener !== 'function') {
    throw invalidInput('listener', 'not_a_function', 'listener must be a function.')
  }
  const { cursor, since, pollSeconds = 5, overlapSeconds = 30 } = parseObject(options, 'options')
  const reader = createEventReader(context, {
    listener,
    cursor: parseCursor(cursor),
    since: parseDate(since, 'since') ?? context.clock.now(),
    overlapMs: 1000 * parseSeconds(overlapSeconds, 'overlapSeconds', 1),
  })
  const every = pollSeconds === null ? null : parseSeconds(pollSeconds, 'pollSeconds', 0.01)
  return started(context, reader, every)
}

function started(
  context: SubscriptionContext,
  reader: EventReader,
  pollSeconds: number | null,
): EventSubscription {
  const closing = new AbortController()
  const { signal } = closing
  let running: Promise<unknown> = Promise.resolve()
  // Passes follow one another, so no event is handed over by two of them at once.
  const catchUp = async (): Promise<number> => {
    const pass = running.then(async () => reader.pass(signal))
    running = pass.catch(() => undefined)
    return pass
  }
  const poll = async (seconds: number): Promise<void> => {
    while (!signal.aborted) {
      try {
        await catchUp()
      } catch {
        // The listener's error is the app's own, and may hold anything: it is not logged.
        context.logger.warn('Events could not be handed to a subscription; trying again.')
      }
      await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined)
    }
  }
  if (pollSeconds !== null) void poll(pollSeconds)
  return {
    catchUp,
    async close() {
      closing.abort()
      await running
    },
  }
}

function parseCursor(cursor: EventCursor | undefined): EventCursor | null {
  if (cursor === undefined) return null
  if (['load', 'save'].every((name) => typeof partOf(cursor, name) === 'function')) return cursor
  throw invalidInput('cursor', 'not_a_cursor', 'cursor must have load and save.')
}

function parseSeconds(value: unknown, field: string, least: number): number {
  if (typeof value === 'number' && value >= least && value <= 3600) return value
  throw invalidInput(field, 'out_of_range', `${field} must be ${least} to 3600.`)
}
