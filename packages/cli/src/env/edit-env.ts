import { parseEnv } from 'node:util'
import { CommandError } from '../exit.ts'

/** Variables by name; `null` takes one out. */
export type EnvChanges = Readonly<Record<string, string | null>>

/**
 * The text of an `.env` file with some variables changed and every other line as it was. Throws where the result
 * would not read back so, as where a value spans several lines.
 */
export function editEnv(text: string, changes: EnvChanges): string {
  const edited = Object.entries(changes).reduce(change, text)
  const expected = { ...parseEnv(text), ...changes }
  const read = parseEnv(edited)
  const names = new Set([...Object.keys(expected), ...Object.keys(read)])
  for (const name of names) {
    if ((expected[name] ?? null) === (read[name] ?? null)) continue
    throw new CommandError(
      'env_not_editable',
      `${name} in the file cannot be changed safely; change it by hand.`,
    )
  }
  return edited
}

function change(text: string, [name, value]: readonly [string, string | null]): string {
  const line = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*(?:\\r?\\n|$)`, 'gm')
  if (value === null) return text.replace(line, '')
  const written = `${name}=${value}\n`
  if (!line.test(text)) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${written}`
  let isFirst = true
  return text.replace(line, () => {
    if (!isFirst) return ''
    isFirst = false
    return written
  })
}
