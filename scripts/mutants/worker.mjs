// Works in a copy of the workspace: makes one change after the other, runs what should notice it, and takes it back.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest } from 'vitest/node'
import { mutated } from './parse-mutants.mjs'

const place = process.cwd()

/** The cases of the contract that look at a store's file first. */
const CASES = {
  account: /accounts\./,
  code: /codes\./,
  effects: /codes\.issue/,
  'end-access': /users\./,
  event: /events\./,
  outbox: /outbox\./,
  prune: /deleteExpired/,
  'rate-limit': /rateLimits\./,
  session: /sessions\./,
  user: /users\./,
}

/** What looks at a store, in stages: the next only where nothing has been found. */
function storeStages(file) {
  const part = file.replace(/^.*\//, '').replace(/(-store|-reads)?\.ts$/, '')
  return [
    { files: ['tests/contract.test.ts'], only: CASES[part] ?? /./ },
    { files: ['tests/contract.test.ts'] },
    { files: ['tests/flows.test.ts', 'tests/oauth.test.ts'] },
    { files: ['tests/model-faults.test.ts'] },
  ]
}

const MORE = ['tests/tokens.test.ts', 'tests/input.test.ts', 'tests/vectors.test.ts']
const MODEL = ['tests/model.test.ts', 'tests/guessing.test.ts']

/** On which engine, and which tests, those first that find most. */
function suiteFor(file) {
  const store = /^packages\/drizzle\/src\/(\w+)\//.exec(file)
  if (store !== null) return { engine: store[1], stages: storeStages(file) }
  const core = /^packages\/core\/src\/(?:(\w[\w-]*)\/)?/.exec(file)
  if (core === null) throw new Error(`No tests are named for ${file}.`)
  const unit = file.replace(/[^/]+$/, (name) =>
    core[1] === undefined ? name.replace('.ts', '.test.ts') : '',
  )
  const flows = ['tests/flows.test.ts', 'tests/oauth.test.ts']
  const [first, second] = core[1] === 'oauth' ? flows.toReversed() : flows
  const unitFirst = core[1] === 'crypto' || core[1] === undefined
  const stages = unitFirst ? [[unit], MORE, flows] : [[first], [unit], MORE, [second]]
  return { engine: 'memory', stages: [...stages, MODEL].map((files) => ({ files })) }
}

let failed = null
/** Ends a run with its first failure. */
const watcher = {
  onTestCaseResult(testCase) {
    if (testCase.result().state !== 'failed' || failed !== null) return
    failed = testCase.fullName
    void vitest.cancelCurrentRun('test-failure')
  },
}

let engine = null
let vitest = null

/** The runner of an engine: what is loaded and found once serves all mutants of its files. */
async function runnerFor(name) {
  if (engine === name) return
  await vitest?.close()
  engine = name
  process.env.MINDMESH_TEST_ENGINES = name
  process.env.MINDMESH_REQUIRE_ENGINES = name === 'memory' || name === 'sqlite' ? '' : name
  process.env.MINDMESH_MODEL_RUNS = '200'
  process.env.MINDMESH_MODEL_SEED = '7'
  vitest = await createVitest('test', {
    root: place,
    config: join(place, 'vitest.workspace.ts'),
    watch: false,
    maxWorkers: 1,
    reporters: [watcher],
  })
}

/** The name of the first test that fails, or `null`; throws where the tests could not run at all. */
async function firstFailure({ files, only }) {
  failed = null
  if (only === undefined) vitest.resetGlobalTestNamePattern()
  else vitest.setGlobalTestNamePattern(only)
  const specs = await vitest.globTestSpecifications(files.map((file) => join(place, file)))
  if (specs.length === 0) return null
  const { testModules } = await vitest.runTestSpecifications(specs)
  if (failed !== null) return failed
  const broken = testModules.find((module) => module.errors().length > 0)
  return broken === undefined ? null : `could not be loaded: ${broken.errors()[0]?.message}`
}

/** Files whose tests have passed with nothing changed: only then does a failure mean that the change was noticed. */
const sound = new Set()

async function assertSound(stage) {
  const name = `${stage.files} ${stage.only}`
  if (sound.has(name)) return
  const by = await firstFailure(stage)
  if (by !== null) throw new Error(`It fails with nothing changed: ${by}`)
  sound.add(name)
}

async function judge(mutant) {
  const { engine: name, stages } = suiteFor(mutant.file)
  await runnerFor(name)
  const path = join(place, mutant.file)
  const source = readFileSync(path, 'utf8')
  const changed = mutated(source, mutant)
  if (changed === null) throw new Error(`Not exactly once in ${mutant.file}:\n${mutant.change}`)
  const put = (text) => {
    writeFileSync(path, text)
    vitest.invalidateFile(path)
  }
  try {
    for (const stage of stages) {
      put(changed)
      const by = await firstFailure(stage)
      put(source)
      if (by === null) continue
      await assertSound(stage)
      return { outcome: 'killed', by }
    }
    return { outcome: 'survived', by: null }
  } finally {
    put(source)
  }
}

process.on('message', async (mutant) => {
  const began = performance.now()
  const verdict = await judge(mutant)
  const seconds = Math.round((performance.now() - began) / 100) / 10
  process.send({ ...mutant, ...verdict, seconds })
})
process.on('disconnect', async () => {
  await vitest?.close()
  process.exit(0)
})
process.send('ready')
