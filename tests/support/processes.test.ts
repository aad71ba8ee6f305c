import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startProcesses, type ProcessGroup } from './processes.ts'

type Job = { say?: string; hold?: boolean; fail?: string; exit?: number }
type Answer = { readonly pid: number; readonly say?: string }

let folder: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mindmesh-processes-'))
  log = join(folder, 'closed')
  writeFileSync(log, '')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function start(
  settings: { refuse?: boolean; linger?: boolean } = {},
): Promise<ProcessGroup<Job, Answer>> {
  return startProcesses(new URL('echo-worker.mjs', import.meta.url), {
    count: 3,
    settings: { log, ...settings },
    endWithinSeconds: settings.linger === true ? 0.2 : 10,
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('processes: three at once are three processes, and each answers', async () => {
  const group = await start()
  const answers = await group.askAll({ say: 'hello' })
  expect(answers.map((answer) => answer.say)).toEqual(['hello', 'hello', 'hello'])
  const pids = answers.map((answer) => answer.pid)
  expect(new Set([...pids, process.pid]).size).toBe(4)
  await group.close()
})

test('processes: an answer finds its job, in whatever order they are done', async () => {
  const group = await start()
  const [one] = group.members
  const done: unknown[] = []
  const jobs = [{ say: 'held back until the other is done', hold: true }, { say: 'the other' }]
  await Promise.all(jobs.map(async (job) => done.push((await one.ask(job)).say)))
  expect(done).toEqual(['the other', 'held back until the other is done'])
  await group.close()
})

test('processes: closing lets each clean up, and leaves none alive', async () => {
  const group = await start()
  const pids = (await group.askAll({})).map((answer) => answer.pid)
  await group.close()
  expect(readFileSync(log, 'utf8').trim().split('\n').map(Number).toSorted()).toEqual(
    pids.toSorted(),
  )
  expect(pids.filter(isAlive)).toEqual([])
})

test('processes: a job that throws rejects with its error, and the process goes on', async () => {
  const group = await start()
  const [one] = group.members
  await expect(one.ask({ fail: 'no such luck' })).rejects.toThrow(/process 1: Error: no such luck/)
  expect(await one.ask({ say: 'still here' })).toMatchObject({ say: 'still here' })
  await group.close()
})

test('processes: one that dies rejects what it was asked, what it is asked later, and the close', async () => {
  const group = await start()
  const [, two] = group.members
  const failure = /process 2: It ended with code 7\.\n.*said on stderr before the end/s
  const lost = [two.ask({ hold: true }), two.ask({ exit: 7 })]
  for (const { status } of await Promise.allSettled(lost)) expect(status).toBe('rejected')
  await expect(lost[0]).rejects.toThrow(failure)
  await expect(two.ask({ say: 'anyone?' })).rejects.toThrow(failure)
  await expect(group.close()).rejects.toThrow(failure)
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(2)
})

test('processes: one that cannot start fails with its error and its stderr', async () => {
  await expect(start({ refuse: true })).rejects.toThrow(
    /this process does not start.*said on stderr before it failed/s,
  )
})

test('processes: one that does not end when it is told to is killed, and that is a failure', async () => {
  const group = await start({ linger: true })
  const pids = (await group.askAll({})).map((answer) => answer.pid)
  await expect(group.close()).rejects.toThrow('It ended with SIGKILL.')
  expect(pids.filter(isAlive)).toEqual([])
})
