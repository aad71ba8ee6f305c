import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { dialects } from './engines.ts'
import { SECRETS, testInstance } from './support/instance.ts'
import { orNone } from './support/or-none.ts'
import { isThorough } from './support/repeats.ts'

const script = fileURLToPath(new URL('support/subscriber.mjs', import.meta.url))
const KILLS = isThorough ? 4 : 2

async function start(settings: object): Promise<ChildProcess> {
  const child = fork(script, [JSON.stringify(settings)], { execArgv: [] })
  await Promise.race([once(child, 'message'), failure(child)])
  return child
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`The subscriber ended with ${code}.`)
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test.each(orNone(dialects.filter(({ isShareable }) => isShareable)))(
  'events.subscribe on $name: processes that are killed lose no event, and make none up',
  async (engine) => {
    const opened = await engine.open()
    const folder = mkdtempSync(join(tmpdir(), 'mindmesh-subscriber-'))
    const [sink, position] = [join(folder, 'sink'), join(folder, 'position')]
    writeFileSync(sink, '')
    const settings = {
      address: opened.address,
      secrets: SECRETS,
      sink,
      position,
      since: new Date(),
    }
    const t = testInstance(opened.store, { clock: { now: () => new Date() } })
    const over = new AbortController()
    let child: ChildProcess | null = null
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        await t.register(`person${writer}-${n}`)
        // SQLite answers at once, and nothing else would have its turn.
        await pause(5)
      }
    }
    const writers = [1, 2, 3].map(write)
    try {
      for (let n = 0; n < KILLS; n += 1) {
        child = await start(settings)
        // Longer than the overlap, so that positions are saved on the way.
        await pause(n % 2 === 0 ? 1300 : 50)
        await kill(child)
      }
      over.abort()
      await Promise.all(writers)
      const stored = (await opened.rows()).events.map(({ id }) => id).toSorted()
      const taken = () => [...new Set(readFileSync(sink, 'utf8').split('\n'))].slice(0, -1)
      child = await start(settings)
      await vi.waitFor(() => expect(taken().toSorted()).toEqual(stored), { timeout: 20_000 })
      await kill(child)
      expect(stored.length).toBeGreaterThan(20)
      expect(readFileSync(position, 'utf8')).not.toBe(settings.since.toISOString())
    } finally {
      over.abort()
      child?.kill('SIGKILL')
      await Promise.allSettled(writers)
      await t.mindmesh.close()
      await opened.close()
      rmSync(folder, { recursive: true })
    }
  },
)
