import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** The folder of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every page of the documents: its path from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((page) => existsSync(join(root, page)))

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** A program on a page. */
export interface Block {
  readonly language: string
  /** Where the reader saves it: what its first line, a comment, names; else `null`. */
  readonly file: string | null
  readonly code: string
}

/** The TypeScript on a page. */
export function blocksOf(page: string): readonly Block[] {
  return [...textOf(page).matchAll(/```(ts)\n([^]*?)```/g)].map(([, language = '', code = '']) => ({
    language,
    file: /^\/\/ ([\w./[\]+-]+\.\w+)\n/.exec(code)?.[1] ?? null,
    code,
  }))
}

/** The text of a page from a heading to the next of its rank. */
export function sectionOf(page: string, heading: string): string {
  const text = textOf(page)
  const start = text.indexOf(`\n${heading}\n`)
  expect(start, `${page} has no “${heading}”`).toBeGreaterThanOrEqual(0)
  const rank = heading.indexOf(' ')
  const next = new RegExp(`\n#{1,${rank}} `, 'g')
  next.lastIndex = start + heading.length
  return text.slice(start, next.exec(text)?.index ?? text.length)
}

/** The rows of the tables in a text: their other cells by each name in the first one. */
export function rowsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => /^\|[^|]*`/.test(line))
  return new Map(
    lines.flatMap((line) => {
      const [first = '', ...cells] = cellsOf(line)
      return [...first.matchAll(/`([^`]+)`/g)].map((match) => [match[1] ?? '', cells] as const)
    }),
  )
}

/** The cells of a line of a table. */
export function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(' | ')
    .map((cell) => cell.trim())
}
