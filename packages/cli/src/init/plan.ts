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
  readonly text: string
  /** `add`: lines are added and none is changed, so that nothing is lost. */
  readonly kind: 'create' | 'unchanged' | 'overwrite' | 'add'
}

/** A file as a whole: what is there and differs would be overwritten. */
export function wholeFile(path: string, text: string): PlannedFile {
  if (!existsSync(path)) return { path, text, kind: 'create' }
  return { path, text, kind: readFileSync(path, 'utf8') === text ? 'unchanged' : 'overwrite' }
}

/** A file that gets the lines it lacks. */
export function withLines(path: string, lines: (text: string) => readonly string[]): PlannedFile {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null
  const added = lines(before ?? '')
  if (before === null) return { path, text: textOf(added), kind: 'create' }
  if (added.length === 0) return { path, text: before, kind: 'unchanged' }
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return { path, text: `${start}${textOf(added)}`, kind: 'add' }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
