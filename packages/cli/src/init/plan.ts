import { existsSync, readFileSync } from 'node:fs'

/** What the app stores with. */
export type Orm = 'drizzle' | 'prisma'
/** Where it stores. */
export type Engine = 'sqlite' | 'postgres' | 'mysql'

/** What was asked or given by flags. */
export interface InitAnswers {
  readonly orm: Orm
  readonly engine: Engine
  readonly language: 'ts' | 'js'
  /** Prisma only: the module that exports the app's `prisma`, seen from the set-up file. */
  readonly client: string
}

/** A file that `init` would write. */
export interface PlannedFile {
  readonly path: string
  /** What is there now; `null` where nothing is. */
  readonly before: string | null
  readonly text: string
  /** `add`: lines are added and none is changed, so that nothing is lost. */
  readonly kind: 'create' | 'unchanged' | 'overwrite' | 'add'
}

/** A file as a whole: what is there and differs would be overwritten. */
export function wholeFile(path: string, text: string): PlannedFile {
  const before = textAt(path)
  if (before === null) return { path, before, text, kind: 'create' }
  return { path, before, text, kind: before === text ? 'unchanged' : 'overwrite' }
}

/** A file that gets the lines it lacks. */
export function withLines(path: string, lines: (text: string) => readonly string[]): PlannedFile {
  const before = textAt(path)
  const added = lines(before ?? '')
  if (before === null) return { path, before, text: textOf(added), kind: 'create' }
  if (added.length === 0) return { path, before, text: before, kind: 'unchanged' }
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return { path, before, text: `${start}${textOf(added)}`, kind: 'add' }
}

/** What stands in a file; `null` where there is none. */
export function textAt(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
