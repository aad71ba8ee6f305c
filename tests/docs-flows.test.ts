import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { wordingsEn } from '../packages/core/src/mail/wordings-en.ts'
import { flowScenarios } from './support/flow-scenarios.ts'
import { observeFlow } from './support/observe-flow.ts'
import { cellsOf, root, rowsOf, sectionOf, textOf } from './support/pages.ts'

const flows = readdirSync(join(root, 'docs/flows')).map((name) => name.replace(/\.md$/, ''))

/** The lines of a table: its first cell, and the others without their marks. */
function linesOf(page: string, heading: string): ReadonlyMap<string, readonly string[]> {
  const lines = sectionOf(page, heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return new Map(
    lines.slice(2).map((line) => {
      const [first = '', ...cells] = cellsOf(line)
      return [first, cells.map((cell) => cell.replaceAll('`', ''))] as const
    }),
  )
}

function pageOf(flow: string): string {
  return `docs/flows/${flow}.md`
}

test('docs: every page of a flow has cases that run', () => {
  expect(Object.keys(flowScenarios).toSorted()).toEqual(flows.toSorted())
})

describe.each(Object.entries(flowScenarios))('the page of %s', (flow, scenarios) => {
  const lines = linesOf(pageOf(flow), '## What is written')

  test('docs: it has a line for each case, and no other', () => {
    expect([...lines.keys()]).toEqual(Object.keys(scenarios))
  })

  test.each(Object.entries(scenarios))('docs: %s writes what its line says', async (label, run) => {
    const [error, rows, events, mails] = lines.get(label) ?? []
    expect(await observeFlow(run)).toEqual({ error, rows, events, mails })
  })
})

/** The names of a kind that stand on any page of a flow, in the section. */
function namesIn(heading: string, pattern: RegExp): readonly string[] {
  const found = flows.flatMap((flow) =>
    [...sectionOf(pageOf(flow), heading).matchAll(pattern)].map((match) => match[1] ?? ''),
  )
  return [...new Set(found)].toSorted()
}

test('docs: each event, mail, error code and limit has its place on the page of a flow', () => {
  const documented = (page: string, from: string): readonly string[] => {
    const text = textOf(page)
    return [...rowsOf(text.slice(text.indexOf(from))).keys()]
  }
  const errors = sectionOf('docs/errors.md', '## AuthError')
  const codes = [...rowsOf(errors.slice(errors.indexOf('| code'))).keys()]
  // Delivery tells of mail that was given up, and nothing throws the other.
  const events = documented('docs/events.md', '| type').filter((name) => name !== 'MAIL_FAILED')
  const thrown = codes.filter((name) => name !== 'session_not_found')
  expect(namesIn('## What is written', /`([A-Z_]{5,})`/g)).toEqual(events.toSorted())
  expect(namesIn('## Errors', /^\| `(\w+)`/gm)).toEqual(thrown.toSorted())
  const mails = Object.keys(wordingsEn)
  expect(namesIn('## What is written', /`([a-z_]+)`/g)).toEqual(expect.arrayContaining(mails))
  const limits = [...rowsOf(sectionOf('docs/flows.md', '## Limits')).keys()]
  expect(namesIn('## Limits', /`(\w+)`/g)).toEqual(expect.arrayContaining(limits))
})
