import type { Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { EXIT } from '../exit.ts'
import { wholeNumber } from '../parse-number.ts'
import { progressBar } from '../terminal/progress.ts'
import { moment, table } from '../terminal/table.ts'

type Mail = AppRun<unknown>['mindmesh']['mail']
type Entry = Awaited<ReturnType<Mail['status']>>['mails'][number]
type Counts = Awaited<ReturnType<Mail['deliverDue']>>

/** So many in one pass, so that a bar has something to show. */
const PASS = 50

/** Adds `mindmesh mail`. */
export function addMail(program: Command): void {
  const mail = program.command('mail').description('Look at mail that waits, and send it.')
  mail
    .command('status')
    .description('What waits and what was given up; never an address or content.')
    .option('--limit <number>', 'how many of each, 1 to 500', wholeNumber(1, 500), 50)
    .action(appAction<{ limit: number }>(async (run) => status(run)))
  mail
    .command('deliver')
    .description('Send what is due: for cron, or a worker.')
    .option('--limit <number>', 'at most so many, 1 to 10000', wholeNumber(1, 10_000), 10_000)
    .action(appAction<{ limit: number }>(async (run) => deliver(run)))
  mail
    .command('retry')
    .description('Send now what waits for a later try. What was given up stays so.')
    .action(appAction<unknown>(async ({ mindmesh }) => counted(await mindmesh.mail.retry())))
}

async function status({ mindmesh, options, terminal }: AppRun<{ limit: number }>): Promise<Report> {
  const { colours } = terminal
  const data = await mindmesh.mail.status({ limit: options.limit })
  const columns = [
    { heading: 'id', text: (mail: Entry) => mail.id },
    { heading: 'template', text: (mail: Entry) => mail.template },
    {
      heading: 'state',
      text: (mail: Entry) => (mail.failedAt === null ? 'waits' : 'given up'),
      paint: (mail: Entry) => (mail.failedAt === null ? colours.yellow : colours.red),
    },
    { heading: 'tries', text: (mail: Entry) => String(mail.attempts) },
    { heading: 'next try', text: (mail: Entry) => moment(mail.availableAt) },
    { heading: 'last error', text: (mail: Entry) => mail.lastError ?? '' },
    { heading: 'written', text: (mail: Entry) => moment(mail.createdAt) },
  ]
  const summary = `${data.waiting} waiting, ${data.failed} given up.`
  const rows = data.mails.length === 0 ? '' : `${table(colours, columns, data.mails)}\n`
  return { data, text: `${rows}${summary}` }
}

async function deliver({
  mindmesh,
  options,
  terminal,
}: AppRun<{ limit: number }>): Promise<Report> {
  const { waiting } = await mindmesh.mail.status({ limit: 1 })
  const bar = await progressBar(terminal, 'Sending', Math.min(waiting, options.limit))
  let total: Counts = { sent: 0, retried: 0, failed: 0, expired: 0 }
  try {
    for (let left = options.limit; left > 0; left -= PASS) {
      const counts = await mindmesh.mail.deliverDue({ limit: Math.min(PASS, left) })
      total = sum(total, counts)
      bar.update(all(total))
      if (all(counts) === 0) break
    }
  } finally {
    bar.stop()
  }
  return counted(total)
}

function counted(counts: Counts): Report {
  const { sent, retried, failed, expired } = counts
  const text = `${sent} sent, ${retried} to be tried again, ${failed} given up, ${expired} expired.`
  return { data: counts, text, exitCode: retried + failed > 0 ? EXIT.failed : EXIT.done }
}

function sum(a: Counts, b: Counts): Counts {
  return {
    sent: a.sent + b.sent,
    retried: a.retried + b.retried,
    failed: a.failed + b.failed,
    expired: a.expired + b.expired,
  }
}

function all({ sent, retried, failed, expired }: Counts): number {
  return sent + retried + failed + expired
}
