import { CommanderError } from 'commander'
import { EXIT } from './exit.ts'
import { failureOf } from './failure.ts'
import { createProgram } from './program.ts'

/**
 * Runs the command and ends the process with its exit code: the app's set-up may hold connections open that nobody
 * else would close. What was printed is written out before.
 */
export async function main(argv: readonly string[]): Promise<void> {
  endWithReader(process.stdout)
  endWithReader(process.stderr)
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error, argv.includes('--json'))
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit()
}

/** Whoever reads the pipe may stop early, as `head` does: that is the end, and no failure. */
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(EXIT.done)
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
