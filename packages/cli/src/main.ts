import { Console } from 'node:console'
import { CommanderError } from 'commander'
import { EXIT } from './exit.ts'
import { failureOf } from './failure.ts'
import { createProgram } from './program.ts'

/**
 * Runs the command and ends the process with its exit code: the app's set-up may hold connections open that nobody
 * else would close. What was printed is written out before.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // Stdout is for results: what the app's set-up or a mailer of development writes must not stand among them.
  globalThis.console = new Console(process.stderr)
  onClosed(process.stdout, () => process.exit(process.exitCode ?? EXIT.done))
  // What is said besides needs no reader: the work goes on.
  onClosed(process.stderr, () => undefined)
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error, argv.includes('--json'))
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit()
}

/** Whoever reads the pipe may stop early, as `head` does: that is no failure of its own. */
function onClosed(stream: NodeJS.WriteStream, then: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    then()
  })
}

function exitCodeOf(error: unknown, isJson: boolean): number {
  // Commander throws its help and its version too, once they are printed.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done
    if (error.code === 'commander.help') return EXIT.usage
  }
  const { exitCode, text } = failureOf(error, isJson)
  process.stderr.write(`${text}\n`)
  return exitCode
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve())
  })
}
