import { CommanderError } from 'commander'
import { CommandError, EXIT } from './exit.ts'
import { printable, printableJsonLine } from './terminal/printable.ts'

/** How a failure is told. */
export interface Failure {
  readonly exitCode: number
  readonly text: string
}

/** Tells what went wrong in words that name no secret: messages of the library, and of the command itself. */
export function failureOf(error: unknown, isJson: boolean): Failure {
  const { code, message, exitCode } = told(error)
  if (isJson) return { exitCode, text: printableJsonLine({ error: { code, message } }) }
  const lines = message.split('\n').map(printable)
  return { exitCode, text: `mindmesh: ${lines.join('\n')}` }
}

function told(error: unknown): {
  readonly code: string
  readonly message: string
  readonly exitCode: number
} {
  if (error instanceof CommandError) return error
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '')
    return { code: 'usage', message, exitCode: EXIT.usage }
  }
  if (!(error instanceof Error)) return { code: 'failed', message: 'It failed.', exitCode: 1 }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const message = `${error.message}${reasonOf(error)}`
  return { code, message, exitCode: EXIT.failed }
}

/** Of a database that failed its driver's code alone: the driver's words may hold data. */
function reasonOf(error: Error): string {
  if (error.name !== 'StoreError' || !(error.cause instanceof Error)) return ''
  const { cause } = error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
  return ` (${code}) See what is wrong with: mindmesh doctor`
}
