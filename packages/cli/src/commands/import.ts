import { closeSync, openSync, writeSync } from 'node:fs'
import { Argument, InvalidArgumentError, type Command } from 'commander'
import type { ImportOutcome } from '@mindmesh/auth'
import { appAction, type AppRun, type Report } from '../action.ts'
import { CommandError, EXIT } from '../exit.ts'
import { acrossSteps } from '../import/across-steps.ts'
import { findTables } from '../import/find-tables.ts'
import { counted, NOTHING, refused, seen, type ImportCounts } from '../import/import-report.ts'
import { assertOwnColumns, importStep } from '../import/import-step.ts'
import { memorySource } from '../import/memory-source.ts'
import { openDatabase } from '../import/open-database.ts'
import { PEERS, type PeerName } from '../import/peer-shapes.ts'
import { readPeople } from '../import/read-people.ts'
import type { Source } from '../import/source.ts'
import { sqlSource } from '../import/sql-source.ts'
import { confirmed } from '../terminal/confirm.ts'
import { printableJsonLine } from '../terminal/printable.ts'
import { progressBar } from '../terminal/progress.ts'
import { details, table } from '../terminal/table.ts'

type Pairs = ReadonlyMap<string, string>

interface ImportFlags {
  readonly from: string
  readonly dryRun?: boolean
  readonly use: Pairs
  readonly profile: Pairs
  readonly provider: Pairs
  readonly report?: string
  readonly yes?: boolean
}

/** So many of those who were refused are shown; the report file has all. */
const SHOWN = 20

/** Adds `mindmesh import`. */
export function addImport(program: Command): void {
  const none: Pairs = new Map()
  program
    .command('import')
    .description(
      'Take in people from another system: hashes, verified addresses, blocks, identities.',
    )
    .addArgument(new Argument('<system>', 'where they come from').choices(Object.keys(PEERS)))
    .requiredOption(
      '--from <source>',
      'its database (a URL, or an SQLite file), or a dump: .sql, .csv, .json, .ndjson, a folder of them',
    )
    .option('--dry-run', 'write nothing, and tell what would be')
    .option(
      '--use <what=name>',
      'a table or column of another name: users, identities, id, email, passwordHash …',
      pair,
      none,
    )
    .option('--profile <ours=theirs>', 'fill a column of yours from one of theirs', pair, none)
    .option('--provider <theirs=ours>', 'a provider that has another id here', pair, none)
    .option(
      '--report <file>',
      'a new file: one line of JSON for each, with their id there and here',
    )
    .option('-y, --yes', 'do not ask')
    .action(appAction<ImportFlags>(async (run, system = '') => importFrom(run, asPeer(system))))
}

/** Collects `a=b` flags. */
function pair(text: string, before: Pairs): Pairs {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('It must be two names with = between.')
  return new Map([...before, [text.slice(0, at), text.slice(at + 1)]])
}

function asPeer(system: string): PeerName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander lets no other through
  return system as PeerName
}

async function importFrom(run: AppRun<ImportFlags>, system: PeerName): Promise<Report> {
  const { options, terminal } = run
  const source = await openSource(options.from)
  let report: number | null = null
  try {
    const found = await findTables(source, PEERS[system], options)
    await assertOwnColumns(run.mindmesh, options.profile.keys())
    const total = await source.count(found.users)
    if (options.dryRun !== true) {
      await confirmed(terminal, {
        yes: options.yes,
        question: `Import ${total} people from ${system}?`,
      })
    }
    report = options.report === undefined ? null : openReport(options.report)
    const batches = readPeople(
      source,
      { found, shape: PEERS[system] },
      { profile: options.profile, providers: options.provider, now: new Date() },
    )
    return await importAll(run, system, { batches, total, report })
  } finally {
    if (report !== null) closeSync(report)
    await source.close()
  }
}

async function openSource(from: string): Promise<Source> {
  // With it comes the reader of CSV, which no other command needs.
  const { isDump, readDump } = await import('../import/read-dump.ts')
  if (isDump(from)) return memorySource(readDump(from))
  return sqlSource(await openDatabase(from))
}

/** Before anything is imported: a report that cannot be written is told at once. */
function openReport(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch {
    throw new CommandError('output', `${file} is there already, or cannot be written.`)
  }
}

interface Job {
  readonly batches: ReturnType<typeof readPeople>
  readonly total: number
  readonly report: number | null
}

async function importAll(run: AppRun<ImportFlags>, system: PeerName, job: Job): Promise<Report> {
  const { mindmesh, options, terminal } = run
  const bar = await progressBar(terminal, 'Importing', job.total)
  const dryRun = options.dryRun ?? false
  const step = importStep(mindmesh, { source: system, dryRun })
  const corrected = acrossSteps()
  const problems: ImportOutcome[] = []
  let counts = NOTHING
  try {
    for await (const { people, skipped } of job.batches) {
      const told = await step(people)
      const outcomes = dryRun ? corrected(people, told) : told
      counts = counted(counts, { outcomes, skipped })
      const bad = outcomes.filter(({ status }) => status !== 'imported' && status !== 'present')
      problems.push(...bad.slice(0, SHOWN - problems.length))
      if (job.report !== null) {
        writeSync(job.report, outcomes.map((outcome) => `${printableJsonLine(outcome)}\n`).join(''))
      }
      bar.update(seen(counts))
      // In an app without people it could not be seen before; better after one step than after all.
      if (!dryRun && seen(counts) === people.length + skipped) {
        await assertOwnColumns(mindmesh, options.profile.keys())
      }
    }
  } finally {
    bar.stop()
  }
  return reportOf(run, counts, problems)
}

function reportOf(
  { options, terminal }: AppRun<ImportFlags>,
  counts: ImportCounts,
  problems: readonly ImportOutcome[],
): Report {
  const dryRun = options.dryRun ?? false
  const columns = [
    { heading: 'id there', text: (each: ImportOutcome) => each.id },
    { heading: 'refused', text: (each: ImportOutcome) => each.status },
    { heading: 'field', text: (each: ImportOutcome) => each.field ?? '' },
    { heading: 'reason', text: (each: ImportOutcome) => each.reason ?? '' },
  ]
  const more = refused(counts) - problems.length
  const lines = [
    ...(dryRun ? ['Nothing was written. It would be:'] : []),
    details(terminal.colours, { ...counts }),
    ...(problems.length === 0 ? [] : ['', table(terminal.colours, columns, problems)]),
    ...(more > 0 ? [`and ${more} more; all of them with: --report <file>`] : []),
  ]
  return {
    data: { dryRun, ...counts, problems },
    text: lines.join('\n'),
    exitCode: refused(counts) === 0 ? EXIT.done : EXIT.failed,
  }
}
