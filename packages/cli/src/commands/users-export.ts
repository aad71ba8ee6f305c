import { rmSync, writeFileSync } from 'node:fs'
import type { AppRun, Report } from '../action.ts'
import { CommandError } from '../exit.ts'
import { findUser } from '../find-user.ts'
import { printableJson } from '../terminal/printable.ts'

/** Gives out what is held on a person: to stdout, or into a file that must not be there yet. */
export async function exportUser(
  { mindmesh, options: { output } }: AppRun<{ output?: string }>,
  who: string,
): Promise<Report> {
  const { id, displayEmail } = await findUser(mindmesh, who)
  if (output === undefined) {
    const data = await mindmesh.user.export(id)
    return { data, text: printableJson(data) }
  }
  claim(output)
  try {
    writeFileSync(output, `${printableJson(await mindmesh.user.export(id))}\n`)
  } catch (error) {
    // Half of it, or nothing, is no export, and would stand in the way of the next try.
    rmSync(output)
    throw error
  }
  const text = `What is held on ${displayEmail} is in ${output}.`
  return { data: { userId: id, file: output }, text }
}

/** Before the data is asked for, which leaves an event. */
function claim(file: string): void {
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    const message = isThere ? `${file} is there already.` : `${file} cannot be written.`
    throw new CommandError('output', message)
  }
}
