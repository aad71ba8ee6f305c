import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** One change of docs/mutants.md, as the runner reads it. */
interface Mutant {
  readonly file: string
  readonly change: string
  readonly survives: boolean | null
  readonly changed: string | null
}

/** Read in a process of its own: the runner is plain JavaScript. */
function readMutants(): readonly Mutant[] {
  const script = `
    import { readFileSync } from 'node:fs'
    import { mutated, parseMutants } from './scripts/mutants/parse-mutants.mjs'
    const all = parseMutants(readFileSync('docs/mutants.md', 'utf8'))
    const changed = (mutant) => mutated(readFileSync(mutant.file, 'utf8'), mutant)
    console.log(JSON.stringify(all.map((mutant) => ({ ...mutant, changed: changed(mutant) }))))`
  const args = ['--input-type=module', '--eval', script]
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 } as const
  const mutants: readonly Mutant[] = JSON.parse(execFileSync(process.execPath, args, options))
  return mutants
}

const mutants = readMutants()

test('mutants: each still stands in its source, exactly once', () => {
  expect(mutants.filter(({ changed }) => changed === null).map(({ change }) => change)).toEqual([])
  expect(mutants.length).toBeGreaterThan(400)
})

test('mutants: of each it is said whether a test notices it', () => {
  expect(mutants.filter(({ survives }) => survives === null)).toEqual([])
})

test('mutants: each changes its source, and none is listed twice', () => {
  const unchanged = mutants.filter(
    ({ file, changed }) => changed === readFileSync(join(root, file), 'utf8'),
  )
  expect(unchanged.map(({ change }) => change)).toEqual([])
  const names = mutants.map(({ file, change }) => `${file}\n${change}`)
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([])
})

test('mutants: every store and every flow of the core has some', () => {
  const folders = new Set(mutants.map(({ file }) => file.split('/').slice(0, -1).join('/')))
  for (const folder of ['auth', 'oauth', 'otp', 'password', 'rate-limit', 'session', 'user']) {
    expect(folders).toContain(`packages/core/src/${folder}`)
  }
  for (const engine of ['sqlite', 'postgres', 'mysql']) {
    expect(folders).toContain(`packages/drizzle/src/${engine}`)
  }
})
