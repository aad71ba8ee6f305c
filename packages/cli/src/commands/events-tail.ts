import { setTimeout as sleep } from 'node:timers/promises'
import type { AuthEvent } from '@mindmesh/auth'
import type { AppRun } from '../action.ts'
import { printable, printableJsonLine } from '../terminal/printable.ts'
import { moment } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { queryOf, type EventFilters } from './event-filters.ts'
import { eventLine } from './event-line.ts'

type Run = AppRun<EventFilters & { readonly last: number; readonly interval: number }>
type Query = Parameters<Run['mindmesh']['events']['list']>[0]

/** An event may be committed so long after its id was made, and clocks of several machines differ. */
const OVERLAP_MS = 30_000
const PAGE = 500

/** Prints events as they come, each once, oldest first, until the process is told to stop. */
export async function tailEvents(run: Run): Promise<void> {
  const { mindmesh, options, terminal } = run
  const filters = await queryOf(mindmesh, options)
  const isStopped = stopSignal()
  let seen = new Map<string, number>()
  let since = new Date(Date.now() - OVERLAP_MS)
  const show = (events: readonly AuthEvent[]): void => {
    for (const event of events.toReversed()) {
      if (!seen.has(event.id)) terminal.print(lineOf(terminal, event, options.json === true))
      seen.set(event.id, event.createdAt.getTime())
    }
  }
  // Those that are there already count as seen, but for the last few.
  const before = await eventsSince(mindmesh, { ...filters, since })
  for (const event of before.slice(options.last)) seen.set(event.id, event.createdAt.getTime())
  if (options.last > 0) {
    show((await mindmesh.events.list({ ...filters, limit: options.last })).items)
  }
  while (!isStopped.aborted) {
    show(await eventsSince(mindmesh, { ...filters, since }))
    since = new Date(Date.now() - OVERLAP_MS)
    seen = new Map([...seen].filter(([, at]) => at >= since.getTime() - OVERLAP_MS))
    await sleep(options.interval * 1000, undefined, { signal: isStopped }).catch(() => undefined)
  }
}

async function eventsSince(mindmesh: Run['mindmesh'], query: Query): Promise<readonly AuthEvent[]> {
  const events: AuthEvent[] = []
  let cursor: string | null = null
  do {
    const page: { readonly items: readonly AuthEvent[]; readonly nextCursor: string | null } =
      await mindmesh.events.list({ ...query, limit: PAGE, cursor })
    events.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return events
}

function lineOf({ colours }: Terminal, event: AuthEvent, isJson: boolean): string {
  if (isJson) return printableJsonLine(event)
  const { userId, ipAddress } = event
  const parts = [userId, ipAddress, eventLine(event)].filter((part) => part !== null && part !== '')
  const type = event.type.includes('FAILED') ? colours.red(event.type) : colours.cyan(event.type)
  return `${colours.dim(moment(event.createdAt))}  ${type}  ${printable(parts.join('  '))}`.trimEnd()
}

/** Ends the tail, not the process: the app is closed first. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}
