import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createPostgres } from '../engines/postgres.ts'
import { ours, PASSWORD } from '../ours.ts'
import { quantileOf } from '../quartiles.ts'
import { signIn, visit, type Answer, type Reach, type Visitor } from './visitor.ts'
import type { WorkerMessage } from './worker-message.ts'

const WORKERS = 4
const VISITORS = 64
const SECONDS = Number(process.env['MINDMESH_LOAD_SECONDS'] ?? 120)
const worker = fileURLToPath(new URL('worker.js', import.meta.url))

await load()

/** The mixed traffic of an app on PostgreSQL with four server processes; every request is answered as it should be. */
async function load(): Promise<void> {
  const { database, url } = await createPostgres()
  const secrets = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const workers = Array.from({ length: WORKERS }, () => fork(worker, [url, ...secrets]))
  const ports = await Promise.all(workers.map(portOf))
  const reach = reachOf(ports, workers)
  const { mindmesh } = ours(database.adapter)
  const visitors: Visitor[] = []
  for (let n = 0; n < VISITORS; n += 1) {
    const email = `visitor${n}@example.com`
    await mindmesh.auth.register(email, PASSWORD)
    visitors.push({ email, ...(await signIn(email, reach)) })
  }
  await traffic(visitors, reach, 10)
  const before = await memoryOf(workers)
  const answers = await traffic(visitors, reach, SECONDS)
  const after = await memoryOf(workers)
  for (const each of workers) each.kill()
  await mindmesh.close()
  await database.close()
  report(answers, before, after)
}

async function traffic(
  visitors: readonly Visitor[],
  reach: Reach,
  seconds: number,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const end = performance.now() + seconds * 1000
  const use = async (visitor: Visitor): Promise<void> => {
    while (performance.now() < end) answers.push(await visit(visitor, reach, Math.random()))
  }
  await Promise.all(visitors.map(use))
  return answers
}

async function portOf(child: ChildProcess): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what worker.ts tells
  const [{ port }] = (await once(child, 'message')) as [WorkerMessage]
  if (port === undefined) throw new Error('The server did not start.')
  return port
}

async function memoryOf(workers: readonly ChildProcess[]): Promise<number> {
  const sizes = workers.map(
    async (child) =>
      new Promise<number>((resolve) => {
        const listen = ({ rss }: WorkerMessage): void => {
          if (rss === undefined) return
          child.off('message', listen)
          resolve(rss)
        }
        child.on('message', listen)
        child.send('memory')
      }),
  )
  return (await Promise.all(sizes)).reduce((sum, rss) => sum + rss, 0) / 1e6
}

/** Servers in turn; and whoever waits for a code gets it from whichever process sent the mail. */
function reachOf(ports: readonly number[], workers: readonly ChildProcess[]): Reach {
  let turn = 0
  const waiting = new Map<string, (code: string) => void>()
  for (const child of workers) {
    child.on('message', ({ mail }: WorkerMessage) => {
      if (mail === undefined || mail.code === '') return
      waiting.get(mail.to)?.(mail.code)
      waiting.delete(mail.to)
    })
  }
  return {
    password: PASSWORD,
    nextCode: async (email) => new Promise((resolve) => waiting.set(email, resolve)),
    origin() {
      turn += 1
      return `http://127.0.0.1:${ports[turn % ports.length]}`
    },
  }
}

function report(answers: readonly Answer[], before: number, after: number): void {
  const failures = answers.filter(({ failure }) => failure !== null)
  console.log(`${answers.length} requests in ${SECONDS} s, ${failures.length} failed`)
  for (const { kind, failure } of failures.slice(0, 5)) console.log(`${kind}: ${failure}`)
  console.log('| what | a second | p50 | p99 |\n| --- | --- | --- | --- |')
  for (const kind of ['check', 'refresh', 'login'] as const) {
    const times = answers
      .filter((answer) => answer.kind === kind)
      .map(({ milliseconds }) => milliseconds)
      .toSorted((a, b) => a - b)
    const [p50, p99] = [quantileOf(times, 0.5), quantileOf(times, 0.99)]
    const rate = times.length / SECONDS
    console.log(`| ${kind} | ${rate.toFixed(1)} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms |`)
  }
  console.log(
    `Memory of the servers together: ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`,
  )
  if (failures.length > 0) process.exitCode = 1
}
