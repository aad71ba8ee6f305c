/** How the command ends: for shells, cron and CI. docs/cli.md tells each. */
export const EXIT = {
  done: 0,
  /** It was tried and did not work, or the doctor found an error. */
  failed: 1,
  /** Nothing was tried: a flag or an argument is wrong, or nobody confirmed. */
  usage: 2,
  /** Stopped by the keyboard. */
  interrupted: 130,
} as const

/** Ends the command with a message for the person who ran it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** A stable word for programs, in `--json`. */
  readonly code: string
  readonly exitCode: number

  constructor(code: string, message: string, exitCode: number = EXIT.failed) {
    super(message)
    this.code = code
    this.exitCode = exitCode
  }
}

/** A command that was not understood; nothing was tried. */
export function usageError(message: string): CommandError {
  return new CommandError('usage', message, EXIT.usage)
}
