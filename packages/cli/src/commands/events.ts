import { InvalidArgumentError, type Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { wholeNumber } from '../parse-number.ts'
import { moment, table } from '../terminal/table.ts'
import { queryOf, type EventFilters } from './event-filters.ts'
import { eventLine } from './event-line.ts'
import { tailEvents } from './events-tail.ts'

type Events = AppRun<unknown>['mindmesh']['events']
type Event = Awaited<ReturnType<Events['list']>>['items'][number]

interface ListOptions extends EventFilters {
  readonly since?: Date
  readonly until?: Date
  readonly limit: number
  readonly cursor?: string
}

/** Adds `mindmesh events`. */
export function addEvents(program: Command): void {
  const events = program.command('events').description('Read the record of sensitive actions.')
  withFilters(events.command('list'))
    .description('Events, newest first.')
    .option('--since <time>', 'from then on: a date, or 15m, 24h, 7d ago', parseTime)
    .option('--until <time>', 'before then: likewise', parseTime)
    .option('--limit <number>', 'how many, 1 to 500', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(appAction<ListOptions>(async (run) => listEvents(run)))
  withFilters(events.command('tail'))
    .description(
      'Events as they come, one a line, until it is stopped; with --json one object a line.',
    )
    .option('--last <number>', 'so many of before first, 0 to 500', wholeNumber(0, 500), 10)
    .option(
      '--interval <seconds>',
      'how often the database is asked, 1 to 3600',
      wholeNumber(1, 3600),
      2,
    )
    .action(
      appAction<EventFilters & { last: number; interval: number }>(async (run) => {
        await tailEvents(run)
        return null
      }),
    )
}

function withFilters(command: Command): Command {
  return command
    .option('--user <user>', 'of this person, by id or e-mail address')
    .option('--type <type>', 'of this type, for example LOGIN_FAILED', (text) => text.toUpperCase())
}

async function listEvents({ mindmesh, options, terminal }: AppRun<ListOptions>): Promise<Report> {
  const { since, until, limit, cursor } = options
  const page = await mindmesh.events.list({
    ...(await queryOf(mindmesh, options)),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    limit,
    cursor: cursor ?? null,
  })
  const columns = [
    { heading: 'when', text: (event: Event) => moment(event.createdAt) },
    { heading: 'type', text: (event: Event) => event.type },
    { heading: 'user', text: (event: Event) => event.userId ?? '' },
    { heading: 'address', text: (event: Event) => event.ipAddress ?? '' },
    { heading: 'more', text: eventLine },
  ]
  const more = page.nextCursor === null ? '' : `\nMore with: --cursor ${page.nextCursor}`
  return { data: page, text: `${table(terminal.colours, columns, page.items)}${more}` }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A date that JavaScript reads, or so long ago. */
function parseTime(text: string): Date {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const at =
    amount === undefined
      ? new Date(text)
      : new Date(Date.now() - Number(amount) * (UNITS[unit] ?? 0))
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError('It must be a date, as 2026-03-01T12:00Z, or 15m, 24h, 7d.')
  }
  return at
}
