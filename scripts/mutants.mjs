// Takes one guard of docs/mutants.md after the other out of a scratch copy of this workspace and looks whether a test
// notices. `pnpm mutants` takes all of them; `--only word` those whose file has the word, `--sample 10` ten by chance
// (`--seed n` the same ten again), `--jobs n` works on as many copies at once (one for each core).
import { fork } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseMutants } from './mutants/parse-mutants.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
})

/** Those that were asked for. */
function chosen() {
  const all = parseMutants(readFileSync(join(root, 'docs/mutants.md'), 'utf8'))
  const wanted = all.filter(({ file }) => file.includes(values.only))
  if (values.sample === undefined) return wanted
  console.log(
    `A sample of ${values.sample}; the same again: --sample ${values.sample} --seed ${values.seed}`,
  )
  return shuffled(wanted, Number(values.seed)).slice(0, Number(values.sample))
}

/** In an order that the seed decides (a linear congruential generator is random enough for this). */
function shuffled(list, seed) {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return list
    .map((item) => ({ item, rank: next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

/** A copy of the workspace in which our packages are the copied ones and all others those that are installed. */
function makeCopy(place) {
  const skipped = /(^|\/)(node_modules|dist|\.git|\.snippets|\.data)(\/|$)/
  cpSync(root, place, {
    recursive: true,
    filter: (source) =>
      !skipped.test(source.slice(root.length)) && !source.endsWith('.tsbuildinfo'),
  })
  linkModules('.', place)
  for (const name of readdirSync(join(root, 'packages'))) linkModules(`packages/${name}`, place)
}

function linkModules(folder, place) {
  const from = join(root, folder, 'node_modules')
  const to = join(place, folder, 'node_modules')
  for (const name of packagesIn(from)) {
    mkdirSync(dirname(join(to, name)), { recursive: true })
    const ours = /^@mindmesh\/auth(?:-(.+))?$/.exec(name)
    const target = ours === null ? join(from, name) : join(place, 'packages', ours[1] ?? 'core')
    symlinkSync(target, join(to, name))
  }
}

function packagesIn(folder) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  return names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((part) => `${name}/${part}`) : name,
  )
}

/** One process with a copy of its own, which takes mutants from the list until it is empty. */
async function work(place, queue, report) {
  makeCopy(place)
  const worker = fork(fileURLToPath(new URL('mutants/worker.mjs', import.meta.url)), [], {
    cwd: place,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await new Promise((resolve, reject) => {
    const giveNext = () => {
      const next = queue.shift()
      if (next === undefined) worker.disconnect()
      else worker.send(next)
    }
    worker.on('message', (message) => {
      if (message !== 'ready') report(message)
      giveNext()
    })
    worker.on('error', reject)
    worker.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}.`)),
    )
  })
}

const mutants = chosen()
// Those of one engine together: a worker sets up for an engine once.
const queue = mutants.toSorted((a, b) => (a.file < b.file ? -1 : 1))
const scratch = mkdtempSync(join(tmpdir(), 'mindmesh-mutants-'))
const results = []
try {
  const jobs = Math.min(Number(values.jobs), queue.length)
  const workers = Array.from({ length: jobs }, (_, n) =>
    work(join(scratch, String(n)), queue, (result) => {
      results.push(result)
      const { file, outcome, seconds, by, change } = result
      console.log(
        `${results.length}/${mutants.length} ${outcome} ${seconds} s ${file}${by ? ` (${by})` : ''}`,
      )
      if (outcome !== 'killed') console.log(change)
    }),
  )
  await Promise.all(workers)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
const unexpected = results.filter(({ outcome, survives }) => (outcome === 'survived') !== survives)
const killed = results.filter(({ outcome }) => outcome === 'killed').length
console.log(
  `${killed} of ${results.length} mutants were killed, ${results.length - killed} survived.`,
)
for (const { file, outcome, change } of unexpected) {
  console.log(`Not as docs/mutants.md says: ${outcome} ${file}\n${change}`)
}
process.exitCode = unexpected.length === 0 ? 0 : 1
