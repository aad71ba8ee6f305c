import * as fc from 'fast-check'
import { expect } from 'vitest'
import { dialects, type Engine } from '../engines.ts'
import { repeats } from '../support/repeats.ts'
import { allCommands, begin, foreseenCommands, type Command } from './commands.ts'
import { assertInvariants } from './invariants.ts'
import { openTwins } from './twins.ts'
import { openWorld, type World } from './world.ts'

/** How many histories there are in all, on all engines and of both kinds. */
const RUNS = repeats('MINDMESH_MODEL_RUNS', { usually: 100, thoroughly: 2000 })

/** `seed:number` of one history, as a failure names it; else every run has others. */
const [SEED, NUMBER] = process.env['MINDMESH_MODEL_SEED']?.split(':') ?? []

/** Most of them where one costs least: a statement of a server takes ten times as long as one of a file. */
const SHARES: Readonly<Record<string, number>> = {
  memory: 10,
  sqlite: 12,
  pglite: 0.2,
  'prisma-sqlite': 0.4,
  'prisma-postgres': 0.2,
  'prisma-mysql': 0.2,
}

/** A history: what it is made of is random, and so are the bytes in it, by its seed. */
interface History {
  readonly seed: number
  readonly steps: Iterable<fc.AsyncCommand<object, World>>
}

/** Which histories: those that the small model foresees, or those with faults, providers and a clock set back. */
export type Kind = 'foreseen' | 'troubled'

const FILES: Readonly<Record<Kind, string>> = {
  foreseen: 'tests/model.test.ts',
  troubled: 'tests/model-faults.test.ts',
}

/** Lives this engine's share of the histories of a kind. Fails with the shortest that goes wrong, and how to repeat it. */
export async function checkHistories(engine: Engine, kind: Kind): Promise<void> {
  const commands = kind === 'foreseen' ? foreseenCommands : allCommands
  const steps = fc.commands([commands.map(stepOf)], { maxCommands: 40, size: 'max' })
  const property = fc.asyncProperty(fc.nat(), steps, async (seed, history) =>
    live(engine, kind, { seed, steps: history }),
  )
  const seed = Number(SEED ?? Date.now() % 2 ** 31)
  const chosen = NUMBER === undefined ? { numRuns: runsOn(engine) } : { numRuns: 1, path: NUMBER }
  const result = await fc.check(property, { seed, ...chosen })
  if (!result.failed) return
  const number = result.counterexamplePath?.split(':')[0] ?? ''
  expect.fail(
    [
      `Repeat it with: MINDMESH_MODEL_SEED=${seed}:${number} MINDMESH_TEST_ENGINES=${engine.name} \\`,
      `  npx vitest run --config vitest.workspace.ts ${FILES[kind]}`,
      fc.defaultReportMessage(result),
      String(result.errorInstance),
    ].join('\n'),
  )
}

function runsOn(engine: Engine): number {
  const shareOf = ({ name }: Engine): number => SHARES[name] ?? 1
  const total = dialects.map(shareOf).reduce((sum, share) => sum + share, 0)
  return Math.ceil((RUNS * shareOf(engine)) / total / 2)
}

function stepOf({ text, run }: Command): fc.AsyncCommand<object, World> {
  return { check: () => true, run: async (_, world) => run(world), toString: () => text }
}

async function live(engine: Engine, kind: Kind, history: History): Promise<void> {
  const opened = await engine.open()
  const twins = openTwins(opened.store, history.seed)
  try {
    const world = openWorld(twins, kind === 'foreseen')
    await begin(world)
    await fc.asyncModelRun(() => ({ model: {}, real: world }), history.steps)
    await twins.compareAll()
    await assertInvariants(twins.real)
  } finally {
    await twins.close()
    await opened.close()
  }
}
