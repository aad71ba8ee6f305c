import { printable } from './printable.ts'
import type { Colours } from './terminal.ts'

/** A column: its heading and each row's text, as it is or with a colour. */
export interface Column<Row> {
  readonly heading: string
  readonly text: (row: Row) => string
  readonly paint?: (row: Row) => (text: string) => string
}

/** Lines of rows under headings, each column as wide as its widest text. */
export function table<Row>(
  colours: Colours,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const widths = columns.map(({ heading, text }) =>
    Math.max(heading.length, ...rows.map((row) => printable(text(row)).length)),
  )
  const heading = columns.map((column, n) => column.heading.padEnd(widths[n] ?? 0))
  const lines = rows.map((row) =>
    columns
      .map(({ text, paint }, n) => {
        const cell = printable(text(row)).padEnd(widths[n] ?? 0)
        return paint === undefined ? cell : paint(row)(cell)
      })
      .join('  ')
      .trimEnd(),
  )
  return [colours.dim(heading.join('  ').trimEnd()), ...lines].join('\n')
}

/** Lines of names and values. */
export function details(
  colours: Colours,
  values: Readonly<Record<string, string | number | null>>,
): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length))
  return Object.entries(values)
    .map(([name, value]) => {
      const text = value === null ? colours.dim('none') : printable(String(value))
      return `${colours.dim(name.padEnd(width))}  ${text}`
    })
    .join('\n')
}

/** A moment as people read it, in UTC. */
export function moment(at: Date | null): string {
  return at === null ? '' : `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
}
