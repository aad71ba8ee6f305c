import type { Command } from 'commander'
import { processTerminal, type Terminal } from './terminal/terminal.ts'
import { printableJson } from './terminal/printable.ts'
import type { SetupInstance } from './setup/define-setup.ts'
import { loadEnv } from './setup/load-env-file.ts'
import { loadSetup } from './setup/load-setup.ts'

/** What every command takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly dotenv?: string
  readonly json?: boolean
}

/** What a command has to say: data for programs, a text for people. */
export interface Report {
  readonly data: unknown
  readonly text: string
  readonly exitCode?: number
}

/** What a command works with. */
export interface Run<Options> {
  readonly terminal: Terminal
  readonly options: Options & GlobalOptions
}

/** What a command that needs the app works with. */
export interface AppRun<Options> extends Run<Options> {
  readonly mindmesh: SetupInstance
}

/** How the events that a command leaves are told from those of requests. */
const CONTEXT = { userAgent: 'mindmesh command' }

/** The action of a command that needs no set-up file: runs it and prints its report. */
export function action<Options>(
  work: (run: Run<Options>, ...args: string[]) => Promise<Report | null>,
): (...args: unknown[]) => Promise<void> {
  return async (...given) => {
    const { run, args } = runOf<Options>(given)
    print(run, await work(run, ...args))
  }
}

/** The action of a command that needs the app: loads its set-up, runs the command, prints its report, closes the app. */
export function appAction<Options>(
  work: (run: AppRun<Options>, ...args: string[]) => Promise<Report | null>,
): (...args: unknown[]) => Promise<void> {
  return action<Options>(async (run, ...args) => {
    loadEnv(run.options.dotenv)
    const { mindmesh, close } = await loadSetup(run.options.config)
    try {
      return await work({ ...run, mindmesh: bound(mindmesh) }, ...args)
    } finally {
      await mindmesh.close()
      await close?.()
    }
  })
}

function bound(mindmesh: SetupInstance): SetupInstance {
  const api = mindmesh.withContext(CONTEXT)
  return {
    ...api,
    withContext: (request) => mindmesh.withContext(request),
    close: async () => mindmesh.close(),
  }
}

/** Commander gives an action its arguments, its options and the command. */
function runOf<Options>(given: readonly unknown[]): {
  readonly run: Run<Options>
  readonly args: string[]
} {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as commander has it
  const command = given.at(-1) as Command
  const options = command.optsWithGlobals<Options & GlobalOptions>()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- likewise
  return { run: { terminal: processTerminal(), options }, args: given.slice(0, -2) as string[] }
}

function print(run: Run<unknown>, report: Report | null): void {
  if (report === null) return
  const { terminal, options } = run
  if (options.json === true) terminal.print(printableJson(report.data))
  else if (report.text !== '') terminal.print(report.text)
  if (report.exitCode !== undefined) process.exitCode = report.exitCode
}
