import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The built command. */
export const MINDMESH: string = fileURLToPath(
  new URL('../../../packages/cli/bin/mindmesh.js', import.meta.url),
)

/** How a command ended. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where and with what a command runs. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Only what a process needs: nothing of the test's own environment decides. */
export function bareEnv(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env }
}

/** Runs the built command with no terminal and waits for its end. */
export async function runMindmesh(
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Outcome> {
  const child = spawn(process.execPath, [MINDMESH, ...args], {
    cwd,
    env: bareEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  return { code, stdout, stderr }
}
