import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { AuthStore } from '@mindmesh/auth/ports'
import { contractContext, type ContractContext } from '../contract-case.ts'
import { races } from './all-races.ts'
import { RACERS, type CallsAtOnce } from './race.ts'

/** Several operating-system processes that race one another on one database. */
export interface Racers<Context = ContractContext> {
  /** Runs a race once: this process prepares and judges, the callers are spread over the others. */
  run(race: CallsAtOnce<Context>, context: Context): Promise<void>
  /** Ends the processes. */
  close(): Promise<void>
}

/** How {@link forkRacers} starts its processes. */
export interface RacersOptions {
  /** A JavaScript file that opens a store on the shared database and calls {@link serveRaces} or `serveAttacks` with it. */
  readonly module: string
  /** What that file finds in `process.argv`. @default [] */
  readonly args?: readonly string[]
  /** @default 3 */
  readonly processes?: number
}

interface Job {
  readonly race: string
  readonly start: unknown
  readonly indexes: readonly number[]
}

type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly unknown[] }
  | { readonly kind: 'failed'; readonly message: string }

/** Starts the processes and waits until each has opened its store. */
export async function forkRacers<Context = ContractContext>(
  options: RacersOptions,
): Promise<Racers<Context>> {
  const children = Array.from({ length: options.processes ?? 3 }, (_, index) =>
    fork(options.module, [...(options.args ?? [])], {
      // Starts and outcomes hold dates.
      serialization: 'advanced',
      // Not the flags of this process, which may be a test runner's.
      execArgv: [],
      env: { ...process.env, [SERIES]: String(index + 1) },
    }),
  )
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end))
  }
  try {
    await Promise.all(children.map(answerOf))
  } catch (error) {
    await close()
    throw error
  }
  return { run: async (race, context) => runAcross(children, race, context), close }
}

/** For the child's own rows, which must differ from those of its siblings and of its parent. */
const SERIES = 'MINDMESH_RACER_SERIES'

async function runAcross<Context>(
  children: readonly ChildProcess[],
  race: CallsAtOnce<Context>,
  context: Context,
): Promise<void> {
  const start = await race.prepare(context)
  const all = Array.from({ length: RACERS }, (_, index) => index)
  const answers = children.map(async (child, nth) => {
    const indexes = all.filter((index) => index % children.length === nth)
    const answer = answerOf(child)
    child.send({ race: race.name, start, indexes } satisfies Job)
    const outcomes = await answer
    return indexes.map((index, at) => [index, outcomes[at]] as const)
  })
  const outcomes = new Map((await Promise.all(answers)).flat())
  await race.judge(
    context,
    start,
    all.map((index) => outcomes.get(index)),
  )
}

async function answerOf(child: ChildProcess): Promise<readonly unknown[]> {
  const ended = new AbortController()
  const left = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`A racing process ended by itself with ${String(code)}.`)
  })
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal: ended.signal }), left])
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sent by `serveRaces`
    const { kind, ...rest } = answer as Answer & Partial<{ outcomes: unknown[]; message: string }>
    if (kind === 'failed') throw new Error(`A racing process failed: ${rest.message}`)
    return rest.outcomes ?? []
  } finally {
    ended.abort()
    left.catch(() => undefined)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const left = once(child, 'exit')
  if (child.connected) child.disconnect()
  await left
}

/**
 * In a process that {@link forkRacers} started: answers with the outcomes of its share of the callers, all made at
 * once, until the parent lets go. Then `close` is called, and must leave nothing that keeps the process alive.
 */
export function serveRaces(store: AuthStore, close: () => Promise<void>): void {
  const series = Number(process.env[SERIES] ?? 0)
  serveCalls(races, contractContext(store, { series }), close)
}

/** Like {@link serveRaces}, for calls of any kind and what they are made on. */
export function serveCalls<Context>(
  all: readonly CallsAtOnce<Context>[],
  context: Context,
  close: () => Promise<void>,
): void {
  process.on('message', (job: Job) => {
    callersOf(all, job, context).then(
      (outcomes) => send({ kind: 'outcomes', outcomes }),
      (error: unknown) => send({ kind: 'failed', message: describe(error) }),
    )
  })
  process.once('disconnect', () => void close())
  send({ kind: 'ready' })
}

async function callersOf<Context>(
  all: readonly CallsAtOnce<Context>[],
  job: Job,
  context: Context,
): Promise<readonly unknown[]> {
  const race = all.find(({ name }) => name === job.race)
  if (race === undefined) throw new RangeError(`There is no race ${job.race}.`)
  return Promise.all(job.indexes.map(async (index) => race.call(context, job.start, index)))
}

function send(answer: Answer): void {
  process.send?.(answer)
}

/** With the causes: what the driver said is what one looks for here. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} ${describe(error.cause)}`
}
