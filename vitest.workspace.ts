import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Packages are tested from source: no build is needed first. */
const source = {
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
}

/** Tests that measure time: they run after all others, one file at a time, so that nothing runs beside them. */
const timed = ['tests/hashing.test.ts', 'tests/budget.test.ts', 'tests/**/*.timing.test.ts']

/** Asks the registry and compiles for minutes: run by `pnpm check:peers` alone. */
const byHand = process.env['MINDMESH_PEERS'] ? [] : ['tests/packages/peers.test.ts']

/** What packs and installs every package, and what walks the examples in a browser: in a thorough run. */
const thorough = process.env['MINDMESH_THOROUGH']
  ? []
  : ['tests/packages/packages.test.ts', 'tests/browser/journey.test.ts']

/** These take longest: one of them begun last would run alone at the end. */
const longest = [
  'races.test.ts',
  'flows.test.ts',
  'contract.test.ts',
  'attacks.test.ts',
  'faults.test.ts',
  'kills.test.ts',
  'model.test.ts',
  'model-faults.test.ts',
  'journey.test.ts',
  'attacks-at-once.test.ts',
  'examples.test.ts',
  'oauth.test.ts',
  'servers.test.ts',
  'packages.test.ts',
  'subscriber-kills.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's own, which gives a new list
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = longest.indexOf(basename(moduleId))
  return at === -1 ? longest.length : at
}

/** A bound for what hangs: some files do thousands of calls on servers, on a machine that does other things too. */
const patient = { testTimeout: 300_000, hookTimeout: 120_000 }

/** A test that asserts nothing is a defect. */
const strict = { expect: { requireAssertions: true } }

export default defineConfig({
  ...source,
  test: {
    // Measured by `pnpm coverage` alone: a branch of the core that no test takes is a flow that nobody has seen.
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { branches: 100 },
    },
    globalSetup: 'tests/engines/global-setup.ts',
    // A third of the time goes by in waiting for servers and disks: with as many files at once as cores, they idle.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          ...strict,
          // They keep nothing to themselves: loading what they test anew for each took longer than the tests.
          pool: 'threads',
          isolate: false,
          include: ['packages/*/src/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'integration',
          ...strict,
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...timed, ...byHand, ...thorough],
          ...patient,
        },
      },
      {
        ...source,
        test: {
          name: 'timing',
          ...strict,
          include: timed,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...patient,
        },
      },
    ],
  },
})
