import type { Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { confirmed } from '../terminal/confirm.ts'

/** Adds `mindmesh prune`. */
export function addPrune(program: Command): void {
  program
    .command('prune')
    .description(
      'Delete expired codes and counters, and sessions and mail that ended long ago. Never events.',
    )
    .option('-y, --yes', 'do not ask')
    .action(appAction<{ yes?: boolean }>(async (run) => prune(run)))
}

async function prune({ mindmesh, options, terminal }: AppRun<{ yes?: boolean }>): Promise<Report> {
  const question = 'Delete what is past its end?'
  await confirmed(terminal, { yes: options.yes, question })
  const data = await mindmesh.maintenance.prune()
  const { codes, sessions, rateLimits, mails } = data
  const text = `Deleted: ${codes} codes, ${sessions} sessions, ${rateLimits} counters, ${mails} mails.`
  return { data, text }
}
