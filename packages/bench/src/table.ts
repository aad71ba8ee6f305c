import type { Quartiles } from './quartiles.ts'
import { isMet, type RowResult, type Verdict } from './row.ts'

/** What one row found on one engine. */
export interface Measured {
  readonly title: string
  /** Empty where no database takes part. */
  readonly engine: string
  readonly result: RowResult
}

/** The results as Markdown: the targets first, then the figures that they were made from. */
export function tablesOf(measured: readonly Measured[]): string {
  const verdicts = measured.flatMap(({ title, engine, result }) =>
    result.verdicts.map((verdict) => [
      title,
      engine,
      verdict.what,
      spread(verdict),
      boundOf(verdict),
      isMet(verdict) ? 'yes' : 'no',
    ]),
  )
  const figures = measured.flatMap(({ title, engine, result }) =>
    result.figures.map(({ name, value, unit = 'a second' }) => [
      title,
      engine,
      name,
      `${round(value.median)} ${unit}`,
      between(value),
    ]),
  )
  return [
    '## Targets',
    '',
    markdown(['row', 'engine', 'what', 'median (middle half)', 'target', 'met'], verdicts),
    '',
    '## Figures',
    '',
    markdown(['row', 'engine', 'who', 'median', 'middle half'], figures),
    '',
  ].join('\n')
}

function spread({ value, unit = '' }: Verdict): string {
  return `${round(value.median)}${unit && ` ${unit}`} (${between(value)})`
}

function between({ lower, upper }: Quartiles): string {
  return `${round(lower)} to ${round(upper)}`
}

function boundOf({ bound, unit = '' }: Verdict): string {
  const figure = 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`
  return `${figure}${unit && ` ${unit}`}`
}

/** Three figures: no measurement here is better than that. */
function round(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US')
}

/** A row's title stands in its first line alone. */
function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const grouped = lines.map(([title = '', ...cells], n) =>
    lines[n - 1]?.[0] === title ? ['', ...cells] : [title, ...cells],
  )
  const rows = [head, head.map(() => '---'), ...grouped]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
