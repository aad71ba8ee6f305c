import { CommandError, EXIT, usageError } from '../exit.ts'
import type { Terminal } from './terminal.ts'

/**
 * Goes on only where somebody agreed: by `--yes`, or by an answer on a terminal. Without either nothing is done, and
 * the command ends with the code for a usage error.
 */
export async function confirmed(
  terminal: Terminal,
  { yes, question }: { readonly yes: boolean | undefined; readonly question: string },
): Promise<void> {
  if (yes === true) return
  if (!terminal.isInteractive) {
    throw usageError(`${question} Nobody can be asked here; give --yes to go on.`)
  }
  const { confirm, isCancel } = await import('@clack/prompts')
  const output = process.stderr
  const answer = await confirm({ message: question, initialValue: false, output })
  if (isCancel(answer)) throw new CommandError('interrupted', 'Stopped.', EXIT.interrupted)
  if (!answer) throw new CommandError('declined', 'Nothing was done.')
}
