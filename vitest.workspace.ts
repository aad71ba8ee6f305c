import { configDefaults, defineConfig } from 'vitest/config'

/** Packages are tested from source: no build is needed first. */
const source = {
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
}

/** Tests that measure time: they run after all others, one file at a time, so that nothing runs beside them. */
const timed = ['tests/hashing.test.ts', 'tests/budget.test.ts', 'tests/**/*.timing.test.ts']

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
    // Most of the time goes by in servers: with vitest's own choice, a core fewer, two cores would run one file at a time.
    maxWorkers: '100%',
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          ...strict,
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
          exclude: [...configDefaults.exclude, ...timed],
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
