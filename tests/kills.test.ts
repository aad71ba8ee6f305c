import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { dialects, type Engine } from './engines.ts'
import { SECRETS, testInstance } from './support/instance.ts'
import { orNone } from './support/or-none.ts'
import { repeats, shareOf } from './support/repeats.ts'
import { expectSettled } from './support/settle.ts'
import { whole } from './support/whole.ts'

/** How many processes are killed, over all engines together. */
const KILLS = repeats('MINDMESH_KILLS', { usually: 9, thoroughly: 200 })
/** Where they are killed; the same seed kills after the same pauses and sends the processes the same ways. */
const SEED = whole(process.env['MINDMESH_SEED'], randomInt(2 ** 31))
/** Some run, and the next ones get ready. */
const PROCESSES = 4
/** More than a walk through all flows has. */
const MOST_CALLS = 20
/** A process that began a call is killed in it, or in one of the next. */
const LONGEST_CALL_MS = 8
const script = fileURLToPath(new URL('support/kill-worker.mjs', import.meta.url))
const shareable = dialects.filter((engine) => engine.isShareable)

const shares = shareable.map(shareOf).reduce((sum, share) => sum + share, 0)
const killsOn = (engine: Engine): number => Math.ceil((KILLS * shareOf(engine)) / shares)

/** The same numbers for the same seed: a multiplicative congruence (Lehmer). */
function numbersFrom(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** A process under load. */
interface Worker {
  /** How many calls it has begun. */
  calls(): number
  kill(): Promise<void>
}

/** Starts one and waits until its store is open. What is no `AuthError` goes to `onError`. */
async function startWorker(settings: object, onError: (error: unknown) => void): Promise<Worker> {
  const child = fork(script, [JSON.stringify(settings)], { execArgv: [] })
  let calls = 0
  child.on('message', (message) => {
    if (message === 'call') calls += 1
    else if (message !== 'ready') onError(message)
  })
  await once(child, 'message')
  return {
    calls: () => calls,
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe.each(orNone(shareable))(`killed processes on $name (MINDMESH_SEED=${SEED})`, (engine) => {
  test('whatever they were at, what is stored contradicts nothing, and everybody gets in', async () => {
    const opened = await engine.open()
    const folder = mkdtempSync(join(tmpdir(), 'mindmesh-kills-'))
    const mailbox = join(folder, 'mails')
    writeFileSync(mailbox, '')
    const random = numbersFrom(SEED)
    const kills = killsOn(engine)
    const errors: unknown[] = []
    const workers: Promise<Worker>[] = []
    const start = (): void => {
      const seed = SEED + workers.length
      const settings = { address: opened.address, secrets: SECRETS, mailbox, seed }
      workers.push(startWorker(settings, (error) => errors.push(error)))
    }
    try {
      for (let n = 0; n < PROCESSES; n += 1) start()
      for (let kill = 0; kill < kills; kill += 1) {
        const victim = await workers[kill]
        const last = 1 + random(MOST_CALLS)
        await vi.waitUntil(() => (victim?.calls() ?? last) >= last, {
          timeout: 60_000,
          interval: 1,
        })
        await pause(random(LONGEST_CALL_MS))
        start()
        await victim?.kill()
      }
    } finally {
      await Promise.all(workers.slice(kills).map(async (worker) => (await worker).kill()))
    }
    expect(errors).toEqual([])
    const t = testInstance(opened.store)
    t.clock.set(new Date())
    const handedOver = (): number =>
      readFileSync(mailbox, 'utf8').split('\n').length - 1 + t.mailer.sent.length
    await expectSettled(t, opened.rows, handedOver)
    rmSync(folder, { recursive: true })
    await opened.close()
  })
})
