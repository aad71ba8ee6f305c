import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { CommandError } from '../exit.ts'
import type { Row } from './source.ts'

/** What a dump can be. */
const KINDS = ['.sql', '.csv', '.json', '.ndjson', '.jsonl']

/** Whether this is the name of a dump, not of a database. */
export function isDump(path: string): boolean {
  return (
    KINDS.includes(extname(path)) ||
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  )
}

/**
 * Reads the tables of a dump: an `.sql` file by `pg_dump` (its COPY blocks), or one `.csv`, `.json` or `.ndjson` file a
 * table, named after it, alone or in a folder.
 */
export function readDump(path: string): ReadonlyMap<string, readonly Row[]> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const files = isFolder ? readdirSync(path).map((name) => join(path, name)) : [path]
  const tables = files.filter((file) => KINDS.includes(extname(file))).flatMap(tablesIn)
  if (tables.length === 0) throw new CommandError('dump', `There is no table in ${path}.`)
  return new Map(tables)
}

function tablesIn(file: string): readonly (readonly [string, readonly Row[]])[] {
  const text = readFileSync(file, 'utf8')
  const kind = extname(file)
  const table = basename(file, kind)
  try {
    if (kind === '.sql') return copyBlocks(text)
    if (kind === '.csv') return [[table, csvRows(text)]]
    if (kind === '.json') return [[table, jsonRows(JSON.parse(text))]]
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    return [[table, lines.flatMap((line) => jsonRows([JSON.parse(line)]))]]
  } catch {
    // What a parser says quotes the file.
    throw new CommandError('dump', `${file} cannot be read as ${kind.slice(1)}.`)
  }
}

/** An empty cell is taken for NULL: a CSV cannot tell the two apart. */
function csvRows(text: string): readonly Row[] {
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true })
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === '' ? null : value]),
    ),
  )
}

function jsonRows(value: unknown): readonly Row[] {
  if (!Array.isArray(value)) throw new TypeError('It is no list.')
  return value.map((row: unknown) => {
    if (typeof row !== 'object' || row === null) throw new TypeError('It is no row.')
    return { ...row }
  })
}

const COPY = /^COPY ([^ ]+) \(([^)]*)\) FROM stdin;$/

/** The blocks that pg_dump writes for each table. */
function copyBlocks(text: string): readonly (readonly [string, readonly Row[]])[] {
  const tables: [string, Row[]][] = []
  let columns: readonly string[] | null = null
  for (const line of text.split(/\r?\n/)) {
    const [, table, names] = COPY.exec(line) ?? []
    if (table !== undefined && names !== undefined) {
      columns = names.split(', ').map(unquoted)
      tables.push([table.split('.').map(unquoted).join('.'), []])
    } else if (line === '\\.') {
      columns = null
    } else if (columns !== null) {
      const cells = line.split('\t')
      const row = columns.map((column, n) => [column, cell(cells[n] ?? '\\N')] as const)
      tables.at(-1)?.[1].push(Object.fromEntries(row))
    }
  }
  return tables
}

function unquoted(name: string): string {
  return name.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The text format of COPY. */
function cell(text: string): string | null {
  if (text === '\\N') return null
  return text.replaceAll(/\\(.)/g, (_, mark: string) => ESCAPES[mark] ?? mark)
}
