import { lowestIdAt } from '../crypto/ids.ts'
import { invalidInput } from '../errors.ts'
import type { AuthEvent } from '../ports/entities.ts'
import type { EventCursor, EventListener, SubscriptionContext } from './subscription.ts'

/** Reads events for one subscription. */
export interface EventReader {
  /** Hands over what is committed and was not taken yet, oldest first; gives how many. Stops between two events when told. */
  pass(signal: AbortSignal): Promise<number>
}

/** What a reader is made from. */
export interface EventReaderOptions {
  readonly listener: EventListener
  readonly cursor: EventCursor | null
  readonly since: Date
  readonly overlapMs: number
}

const PAGE = 200

/**
 * An id is made before its event is committed, so a later commit may have an earlier id, and clocks of several
 * machines differ. Each pass therefore reads the last `overlapMs` again and leaves out what was taken. Everything
 * that is older than `floor` has been taken; only that is saved, so that what is lost with the process comes again.
 */
export function createEventReader(
  context: SubscriptionContext,
  { listener, cursor, since, overlapMs }: EventReaderOptions,
): EventReader {
  const taken = new Set<string>()
  let floor: number | null = null

  const begin = async (): Promise<number> => {
    const saved = (await cursor?.load()) ?? null
    if (saved !== null) return parsePosition(saved)
    // At once, so that what comes before the first event that is taken is not lost with the process.
    await cursor?.save(since.toISOString())
    return since.getTime()
  }
  /** Gives how many were taken, and what was not: an event whose listener rejected ends the pass, so order is kept. */
  const hand = async (events: readonly AuthEvent[], signal: AbortSignal): Promise<number> => {
    let count = 0
    for (const event of events) {
      if (taken.has(event.id)) continue
      if (signal.aborted) break
      await listener(event)
      taken.add(event.id)
      count += 1
    }
    return count
  }
  const settle = async (start: number, upTo: number): Promise<void> => {
    const next = Math.max(start, upTo)
    const old = [...taken].filter((id) => id < lowestIdAt(new Date(next)))
    floor = next
    // Where nothing was taken, nothing can come twice: an idle subscription writes nothing.
    if (old.length === 0) return
    await cursor?.save(new Date(next).toISOString())
    for (const id of old) taken.delete(id)
  }

  return {
    async pass(signal) {
      const start = (floor ??= await begin())
      const settled = context.clock.now().getTime() - overlapMs
      let count = 0
      let next: Pick<Slice, 'from' | 'end'> | null = { from: start, end: null }
      while (next !== null && !signal.aborted) {
        const slice: Slice = await readSlice(context, next)
        count += await hand(slice.events, signal)
        if (signal.aborted) break
        await settle(start, Math.min(slice.end ?? settled, settled))
        next = after(slice, settled)
      }
      return count
    },
  }
}

/** Times in milliseconds. */
interface Slice {
  readonly from: number
  /** Exclusive; `null`: there is no end. */
  readonly end: number | null
  /** Oldest first. */
  readonly events: readonly AuthEvent[]
}

/** What to try next: twice the time that the slice covered, and in the end everything that is left. */
function after(slice: Slice, settled: number): Pick<Slice, 'from' | 'end'> | null {
  if (slice.end === null) return null
  const end = slice.end + 2 * (slice.end - slice.from)
  return { from: slice.end, end: end < settled ? end : null }
}

/**
 * The events from a moment on, up to an end that leaves few enough of them. The store gives the newest first, so the
 * end comes closer by halves; the events of one millisecond are never parted.
 */
async function readSlice(
  context: SubscriptionContext,
  { from, end: first }: Pick<Slice, 'from' | 'end'>,
): Promise<Slice> {
  let end = first
  for (;;) {
    const events = await newest(context, { from, before: end === null ? null : idAt(end) })
    const latest = events[0]
    if (events.length <= PAGE || latest === undefined) {
      return { from, end, events: events.toReversed() }
    }
    const top = end ?? timeOf(latest) + 1
    if (top <= from + 1) return { from, end: top, events: await everyOf(context, from, top) }
    end = from + Math.floor((top - from) / 2)
  }
}

async function everyOf(
  context: SubscriptionContext,
  from: number,
  end: number,
): Promise<readonly AuthEvent[]> {
  const all: AuthEvent[] = []
  let before = idAt(end)
  for (;;) {
    const events = await newest(context, { from, before })
    all.push(...events)
    const last = events.at(-1)
    if (last === undefined || events.length <= PAGE) return all.toReversed()
    before = last.id
  }
}

async function newest(
  context: SubscriptionContext,
  { from, before }: { readonly from: number; readonly before: string | null },
): Promise<readonly AuthEvent[]> {
  const query = { userId: null, type: null, from: idAt(from), before, limit: PAGE + 1 }
  return context.store.events.list(query)
}

function idAt(ms: number): string {
  return lowestIdAt(new Date(ms))
}

/** The milliseconds in a UUIDv7 (RFC 9562 §5.7). */
function timeOf({ id }: AuthEvent): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16)
}

function parsePosition(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw invalidInput('cursor', 'not_a_date', 'cursor gave no position.')
  return ms
}
