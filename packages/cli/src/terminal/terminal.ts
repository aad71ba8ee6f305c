import pc from 'picocolors'

/** Colours, or none of them. */
export type Colours = ReturnType<typeof pc.createColors>

/** Where a command runs: what it may ask and how it may look. */
export interface Terminal {
  /** Whether a person can be asked. */
  readonly isInteractive: boolean
  /** For what goes to stdout. */
  readonly colours: Colours
  /** Results, to stdout: nothing else goes there. */
  print(text: string): void
  /** What is said besides: to stderr. */
  note(text: string): void
}

/** The process's own terminal. No colour where NO_COLOR is set or the output is not a terminal. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  return {
    isInteractive: stdin.isTTY && stderr.isTTY,
    colours: pc.createColors(hasColours(env, stdout.isTTY)),
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
  }
}

/** https://no-color.org: any value but an empty one. FORCE_COLOR paints into a pipe too. */
function hasColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (isSet(env['NO_COLOR'])) return false
  return isSet(env['FORCE_COLOR']) || (isTerminal && env['TERM'] !== 'dumb')
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
